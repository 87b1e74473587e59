"""Pictures and videos are known by their content, whatever they are called."""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from overlay.sources.file_kind import is_still, kind_by_content, kind_of

PICTURES = ["AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP"]

#: Containers, and a codec that each takes.
VIDEOS = {
    "mp4": "mpeg4",
    "mov": "mpeg4",
    "3gp": "mpeg4",
    "matroska": "mpeg4",
    "webm": "libvpx",
    "avi": "mpeg4",
    "mpegts": "mpeg2video",
    "vob": "mpeg2video",
    "mpeg1video": "mpeg1video",
    "m4v": "mpeg4",
    "h264": "libx264",
    "hevc": "libx265",
    "obu": "libsvtav1",
    "ivf": "libvpx",
    "flv": "flv",
    "asf": "msmpeg4",
    "nut": "mpeg4",
    "mxf": "mpeg2video",
    "wtv": "mpeg2video",
    "rm": "rv20",
    "yuv4mpegpipe": "wrapped_avframe",
}


@pytest.mark.parametrize("format", PICTURES)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pictures(tmp_path: Path, format: str, mode: str) -> None:
    path = tmp_path / "named.txt"
    PillowImage.new(mode, (40, 30)).save(path, format)
    assert kind_of(path) == "picture"


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        (b"heic\0\0\0\0mif1heic", "picture"),
        (b"mif1\0\0\0\0mif1miaf", "picture"),
        (b"avis\0\0\0\0avifmsf1", "picture"),
        (b"MiHE\0\0\0\0mif1heic", "picture"),
        (b"isom\0\0\0\0isomhevc", "video"),
        (b"qt  \0\0\0\0qt  \0\0\0\0", "video"),
    ],
)
def test_iso_files_by_their_brands(tmp_path: Path, brands: bytes, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\0\0\0\x18ftyp" + brands + b"\0\0\1\0meta")
    assert kind_of(path) == kind


def test_a_motion_jpeg_is_a_video_by_its_name(tmp_path: Path) -> None:
    for name, kind in (("a.mjpeg", "video"), ("a.jpeg", "picture")):
        PillowImage.new("RGB", (40, 30)).save(tmp_path / name, "JPEG")
        assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize("container", VIDEOS)
def test_videos(tmp_path: Path, container: str) -> None:
    path = tmp_path / "named.jpg"
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(VIDEOS[container], rate=25)
        stream.width, stream.height, stream.pix_fmt = 352, 288, "yuv420p"
        for number in range(3):
            image = np.full((288, 352, 3), 60 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p")
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    assert kind_of(path) == "video"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BM is how this text begins, and it goes on for a while",
        b"P1",
        b"Plain text",
        b"%PDF-1.7",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42",
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"OggS\0\2vorbis",
        b"ID3\x03",
        b"\0\x05\x16\x07\0\x02\0\0Mac OS X",
        b"#EXTM3U\nhttp://127.0.0.1/a.ts",
    ],
)
def test_what_is_neither(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert kind_of(path) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JPG", "picture"), ("a.heic", "picture"), ("a.cr3", "picture"), ("a.MOV", "video")],
)
def test_the_name_counts_where_the_content_says_nothing(
    tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(bytes(100))
    assert kind_by_content(path) is None
    assert kind_of(path) == kind


beginnings = st.sampled_from(
    [b"", b"RIFF", b"BM", b"P6", b"GIF8", b"OggS", b"\0\0\0\x18ftyp", b"\xff\xff\xff\xffftyp", b"G"]
)


@given(beginnings, st.binary(max_size=700))
def test_anything_is_a_picture_a_video_or_neither(beginning: bytes, rest: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        path.write_bytes(beginning + rest)
        assert kind_of(path) in ("picture", "video", None)
        assert is_still(path) == (kind_of(path) == "picture")
