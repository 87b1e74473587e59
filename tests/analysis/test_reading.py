"""One file after another is read in the same process, each as if it were the only one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2

from overlay.analysis.job import Job, Outcome
from overlay.analysis.reading import FileReader
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from tests.analysis.jobs import job_for
from tests.media import encoded, patches, write_media

CLIPS = ("two", "smiling")


def read(reader: FileReader, path: Path, **job: Any) -> tuple[Outcome, list[dict[str, Any]]]:
    scenes: list[dict[str, Any]] = []
    size = path.stat().st_size
    outcome = reader.read(Job(path, "a/b/clip.mkv", size, 0, "video", **job), scenes.append)
    return outcome, scenes


def test_a_video_is_read_alike_whatever_was_read_before(clip_path) -> None:
    reader = FileReader(Settings())
    first, *_ = [read(reader, clip_path(name)) for name in CLIPS]
    assert first[1][0]["faces"][0]["id"] == 1
    assert read(reader, clip_path(CLIPS[0])) == first


def test_a_picture_is_labelled_alike_whatever_was_read_before(tmp_path: Path) -> None:
    portrait = cv2.imread(str(PORTRAIT))
    pictures = []
    for number, scale in enumerate((1.0, 1.06)):  # labels are as good as equally large
        pictures.append(tmp_path / f"{number}.png")
        cv2.imwrite(str(pictures[-1]), cv2.resize(portrait, None, fx=scale, fy=scale))

    def labelled(*paths: Path) -> bytes:
        reader, saved = FileReader(Settings()), tmp_path / "labelled.png"
        for path in paths:
            reader.read(job_for(path, save=saved), lambda scene: None)
        return saved.read_bytes()

    small, large = pictures
    assert labelled(small, large) == labelled(large)


def test_a_warning_names_the_video_as_results_do(tmp_path: Path) -> None:
    frames = [encoded(patches(), "yuv420p") for _ in range(20)]
    path = write_media(
        tmp_path / "clip.mkv", frames, [n / 10 for n in range(20)], sounds=[("wavpack", 0.0, 2.0)]
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    outcome, _ = read(FileReader(Settings()), path, save=tmp_path / "out.mp4")
    cut_off, no_sound = outcome.warnings
    assert cut_off.startswith("a/b/clip.mkv is cut off: it ends after")
    assert no_sound.startswith("a/b/clip.mkv: its labelled video lacks sound: .mp4 cannot hold")
