"""How fast a video file is labelled: `python -m overlay.bench.files CLIP`, a ratio on stdout.

It runs in a process of its own, as `analyze` reads files.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from overlay.analysis.job import Job
from overlay.analysis.reading import FileReader
from overlay.engine.tuning import tune_process
from overlay.outputs.video_file import VideoFile
from overlay.settings import Settings
from overlay.sources.video import VideoSource


def real_time_factor(clip: Path) -> float:
    """How many seconds of a video `analyze --save` reads, labels and writes in one second.

    Models are open before, and the video is H.264, as phones record.

    Args:
        clip: A video; files are written beside it.
    """
    video, saved = clip.with_suffix(".h264.mp4"), clip.with_suffix(".labelled.mp4")
    source = VideoSource(clip, pace=False)
    with source, VideoFile(video, source.size, source.fps) as file:
        for frame in source:
            file.send(frame.image, frame.time_s)
        seconds = source.end_s
    job = Job(video, video.name, video.stat().st_size, 0, kind="video", save=saved)
    reader = FileReader(Settings())
    began_s = time.monotonic()
    reader.read(job, tell=lambda scene: None)
    took_s = time.monotonic() - began_s
    video.unlink()
    saved.unlink()
    return seconds / took_s


if __name__ == "__main__":
    tune_process()
    print(real_time_factor(Path(sys.argv[1])))
