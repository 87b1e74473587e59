"""Videos and what pretends to be one: frames, or one line."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from hypothesis import strategies as st

from overlay.conversion import Extent, convert
from overlay.settings import Settings
from overlay.sources import open_source
from overlay.sources.video import VideoSource
from tests.fuzz.inputs import Input, awkward_text, damaged
from tests.media import encoded, patches, write_media

#: Suffix and codec.
_KINDS = ((".mp4", "mp4v"), (".avi", "MJPG"), (".mkv", "mp4v"), (".avi", "XVID"), (".mov", "mp4v"))

#: Suffix and encoder of the sound.
_WITH_SOUND = ((".mp4", "aac"), (".mkv", "libopus"), (".ts", "aac"), (".avi", "ac3"))


def inputs() -> st.SearchStrategy[Input]:
    """Short videos, damaged, and playlists."""
    video = st.sampled_from(_KINDS).flatmap(
        lambda kind: damaged(_written(*kind)).map(lambda found: Input(f"video{kind[0]}", found))
    )
    heard = st.sampled_from(_WITH_SOUND).flatmap(
        lambda kind: damaged(_written_with_sound(*kind)).map(
            lambda found: Input(f"heard{kind[0]}", found)
        )
    )
    names = st.sampled_from((".mp4", ".m3u8", ".ffconcat", ".txt", ".sdp", ".mpd", ".nut"))
    lists = _playlists().map(lambda text: text.encode(errors="replace"))
    return video | heard | st.builds(lambda end, found: Input(f"list{end}", found), names, lists)


def read(input: Input, folder: Path) -> None:
    """Read it to its end, as `analyze` does, for 200 frames at most; copy what is heard."""
    path = folder / input.name
    path.write_bytes(input.content)
    (folder / "other.avi").write_bytes(_written(".avi", "MJPG"))
    with open_source(str(path), pace=False) as source:
        assert isinstance(source, VideoSource)
        last = -1.0
        for _ in range(200):
            frame = source.read()
            if frame is None:
                break
            assert frame.image.dtype == np.uint8
            assert frame.image.ndim == 3
            assert np.isfinite(frame.time_s)
            assert frame.time_s > last
            last = frame.time_s
        assert all(len(warning.splitlines()) == 1 for warning in source.warnings)
    assert not input.name.startswith("list"), "a playlist was followed"
    if input.name.startswith("heard"):
        output = folder / "output.mp4"
        convert(Settings(source=str(path), output=str(output), mode="off"), Extent(seconds=5))
        assert output.exists()


def _playlists() -> st.SearchStrategy[str]:
    heads = ("ffconcat version 1.0\n", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n", "v=0\n")
    lines = ("file 'other.avi'\n", "other.avi\n", "file other.avi\n", "#EXT-X-ENDLIST\n")
    line = st.sampled_from(lines) | awkward_text.map(lambda text: f"file '{text}'\n")
    return st.builds(
        lambda head, found: head + "".join(found), st.sampled_from(heads), st.lists(line)
    )


@cache
def _written_with_sound(suffix: str, codec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        frames = [encoded(patches(64, 48), "yuv420p")] * 6
        times_s = [n / 10 for n in range(6)]
        path = write_media(
            Path(folder, f"sound{suffix}"), frames, times_s, sounds=[(codec, 0.0, 0.5)]
        )
        return path.read_bytes()


@cache
def _written(suffix: str, codec: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"sound{suffix}")
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), 10, (64, 48))
        for number in range(6):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
        writer.release()
        return path.read_bytes()
