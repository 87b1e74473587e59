"""What a file holds comes as a player shows it, whatever its colours and its shape."""

from __future__ import annotations

import gc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from overlay.planes import planes_of, to_frame
from overlay.scene import Frame, Image
from overlay.sources.hdr import Curve, table
from overlay.sources.video import VideoSource
from tests.media import encoded, middles, patches, write_media

#: How far colours may be off after encoding, 0 to 255.
_CLOSE = 6


def tag(
    stream: av.VideoStream, matrix: int, full: bool = False, curve: int = 2, primaries: int = 2
) -> None:
    """Say in the file which colours its numbers stand for, as numbers of H.273."""
    context = stream.codec_context
    context.colorspace, context.color_range = matrix, 2 if full else 1
    context.color_trc, context.color_primaries = curve, primaries


def shown(path: Path) -> Image:
    with VideoSource(path, pace=False) as source:
        image = next(iter(source)).image
        assert source.size == image.shape[1::-1]
    return image


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize(("matrix", "number"), [("ITU709", 1), ("ITU601", 5), ("SMPTE170M", 6)])
@pytest.mark.parametrize("kind", ["yuv420p", "yuv444p", "yuv420p10le"])
def test_colours_are_those_that_the_file_says(tmp_path, kind, matrix, number, full):
    frame = encoded(patches(), kind, matrix=matrix, full=full)
    path = write_media(
        tmp_path / "a.mp4", [frame], [0.0],
        options={"crf": "5"}, prepare=lambda stream: tag(stream, number, full),
    )  # fmt: skip
    assert np.abs(middles(shown(path)) - middles(patches())).max() <= _CLOSE


@pytest.mark.parametrize(("height", "matrix"), [(480, "ITU601"), (720, "ITU709")])
def test_where_the_file_does_not_say_the_size_tells_the_matrix(tmp_path, height, matrix):
    image = patches(640, height)
    path = write_media(tmp_path / "a.mp4", [encoded(image, "yuv420p", matrix=matrix)], [0.0])
    assert np.abs(middles(shown(path)) - middles(image)).max() <= _CLOSE


class TestPlanes:
    """The numbers of a file's frames, where its pictures can be written again with them."""

    def read(self, path: Path) -> Frame:
        with VideoSource(path, pace=False, with_planes=True) as source:
            return next(iter(source))

    @pytest.mark.parametrize("size", [(128, 96), (98, 66)])
    def test_are_those_that_the_file_holds(self, tmp_path, size):
        path = write_media(
            tmp_path / "a.mp4", [encoded(patches(*size), "yuv420p")], [0.0],
            prepare=lambda stream: tag(stream, 1),
        )  # fmt: skip
        with av.open(str(path)) as container:
            (frame,) = container.decode(video=0)
        planes = self.read(path).planes
        for plane, whole in zip(planes, frame.planes, strict=True):
            lines = np.frombuffer(whole, np.uint8).reshape(whole.height, -1)
            np.testing.assert_array_equal(plane, lines[:, : whole.width])

    @pytest.mark.parametrize(
        "matrix",
        [(1, 0, 0, 1), (-1, 0, 0, -1), (-1, 0, 0, 1), (1, 0, 0, -1),
         (0, 1, -1, 0), (0, -1, 1, 0), (0, 1, 1, 0), (0, -1, -1, 0)],
    )  # fmt: skip
    def test_are_turned_as_the_picture_is(self, tmp_path, matrix):
        a, b, c, d = (65536 * each for each in matrix)

        def prepare(stream: av.VideoStream) -> None:
            tag(stream, 1)
            stream.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30])

        path = write_media(
            tmp_path / "a.mp4", [encoded(patches(), "yuv420p")], [0.0], prepare=prepare
        )
        frame = self.read(path)
        for plane, same in zip(frame.planes, planes_of(to_frame(frame.image)), strict=True):
            assert np.abs(plane.astype(int) - same).mean() < 2

    @pytest.mark.parametrize(
        ("kind", "size", "matrix", "full", "curve", "primaries", "aspect"),
        [
            ("yuv420p", (128, 96), 5, False, 2, 2, 1),  # the colours of SD
            ("yuv420p", (128, 96), 1, True, 2, 2, 1),
            ("yuv420p", (127, 96), 1, False, 2, 2, 1),
            ("yuv420p", (128, 95), 1, False, 2, 2, 1),
            ("yuv420p", (128, 96), 1, False, 16, 9, 1),  # HDR
            ("yuv420p", (128, 96), 1, False, 2, 2, 2),  # pixels that are not square
            ("yuv420p10le", (128, 96), 1, False, 2, 2, 1),
            ("yuv444p", (128, 96), 1, False, 2, 2, 1),
        ],
    )
    def test_are_not_given_where_the_picture_is_another(
        self, tmp_path, kind, size, matrix, full, curve, primaries, aspect
    ):
        def prepare(stream: av.VideoStream) -> None:
            tag(stream, matrix, full, curve, primaries)
            stream.codec_context.sample_aspect_ratio = Fraction(aspect)

        image = np.full((size[1], size[0], 3), 128, np.uint8)
        codec = {"codec": "ffv1", "options": {}} if size[0] % 2 or size[1] % 2 else {}
        path = write_media(
            tmp_path / "a.mkv", [encoded(image, kind)], [0.0], prepare=prepare, **codec
        )
        assert self.read(path).planes is None

    def test_are_not_given_unasked(self, tmp_path):
        path = write_media(
            tmp_path / "a.mp4", [encoded(patches(), "yuv420p")], [0.0],
            prepare=lambda stream: tag(stream, 1),
        )  # fmt: skip
        with VideoSource(path, pace=False) as source:
            assert next(iter(source)).planes is None


def _pq(brightness: float) -> float:
    """The PQ value of a brightness in cd/m² (SMPTE ST 2084)."""
    power = (brightness / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


class TestHdr:
    #: Gray steps from black to what is brighter than any screen, in cd/m².
    STEPS = (0, 1, 10, 50, 203, 1000, 4000)

    def grays(self, values: list[float]) -> av.VideoFrame:
        luma = np.repeat(np.round(64 + 876 * np.array(values)).astype("<u2"), 32)
        planes = [np.tile(luma, (64, 1)), np.full((32, luma.size // 2), 512, "<u2")]
        frame = av.VideoFrame(luma.size, 64, "yuv420p10le")
        for plane, content in zip(frame.planes, [*planes, planes[1]], strict=True):
            padded = np.zeros((plane.height, plane.line_size // 2), "<u2")
            padded[:, : content.shape[1]] = content
            plane.update(padded.tobytes())
        return frame

    def seen(self, path: Path, values: list[float], curve: int) -> list[int]:
        write_media(
            path, [self.grays(values)], [0.0], options={"crf": "1"},
            prepare=lambda stream: tag(stream, 9, curve=curve, primaries=9),
        )  # fmt: skip
        image = shown(path)
        assert np.ptp(image.astype(int), axis=2).max() <= 2  # gray stays gray
        return [int(value) for value in image[32, 16::32, 0]]

    def test_pq_is_as_bright_as_it_is_meant_and_what_is_brighter_than_the_screen_keeps_shape(
        self, tmp_path
    ):
        seen = self.seen(tmp_path / "a.mp4", [_pq(step) for step in self.STEPS], 16)
        # Below half of white: the screen's own curve, for the same light over white (BT.1886).
        expected = [255 * (step / 203) ** (1 / 2.4) for step in self.STEPS[:4]]
        assert seen[:4] == pytest.approx(expected, abs=3)
        assert seen == sorted(seen)
        assert 200 < seen[4] < 240  # white on paper, with room for what is brighter
        assert seen[5:] == [255, 255]

    def test_hlg_has_white_on_paper_at_75_percent(self, tmp_path):
        seen = self.seen(tmp_path / "a.mp4", [0.0, 0.38, 0.5, 0.75, 1.0], 18)
        # 38 % is gray of 18 % reflectance, at 26 cd/m² (ITU-R BT.2408, table 1).
        assert seen[1] == pytest.approx(255 * (26 / 203) ** (1 / 2.4), abs=4)
        assert seen == sorted(seen)
        assert 200 < seen[3] < 240
        assert seen[4] == 255

    @pytest.mark.parametrize("curve", ["pq", "hlg", "gamma"])
    def test_colours_keep_their_hue(self, curve: Curve):
        colours = table(curve).reshape(64, 64, 64, 3).astype(int)  # blue, green, red
        red, green, blue = colours[0, 0, 40], colours[0, 40, 0], colours[40, 0, 0]
        assert [red.argmax(), green.argmax(), blue.argmax()] == [0, 1, 2]
        assert np.ptp(colours[range(64), range(64), range(64)], axis=1).max() < 200

    def test_wide_colours_without_hdr_are_brought_to_those_of_the_screen(self, tmp_path):
        # The red of BT.709 in BT.2020's primaries (ITU-R BT.2087), encoded with 2.4.
        image = np.zeros((64, 64, 3), np.uint8)
        light = np.array([0.0164, 0.0691, 0.6274])  # BGR
        image[:] = np.round(255 * light ** (1 / 2.4))
        path = write_media(
            tmp_path / "a.mp4", [encoded(image, "yuv420p10le", matrix=9)], [0.0],
            options={"crf": "5"}, prepare=lambda stream: tag(stream, 9, curve=14, primaries=9),
        )  # fmt: skip
        assert shown(path)[32, 32].astype(int) == pytest.approx([0, 0, 255], abs=25)


def test_transparent_parts_are_white(tmp_path):
    image = np.zeros((64, 64, 4), np.uint8)
    image[:, :32] = (40, 80, 160, 255)
    image[:, 32:] = (0, 0, 0, 0)
    frame = av.VideoFrame.from_ndarray(image, format="bgra").reformat(format="argb")
    path = write_media(tmp_path / "a.mov", [frame], [0.0], codec="qtrle", options={})
    picture = shown(path)
    assert picture[32, 16] == pytest.approx([40, 80, 160], abs=1)
    assert picture[32, 48] == pytest.approx([255, 255, 255], abs=1)


@pytest.mark.parametrize(
    ("size", "aspect", "square"),
    [
        ((360, 480), Fraction(16, 9), (640, 480)),
        ((144, 96), Fraction(8, 9), (144, 108)),
        ((96, 64), Fraction(1), (96, 64)),
        ((96, 64), Fraction(500), (96, 64)),  # damaged
    ],
)
def test_pixels_that_are_not_square_are_shown_in_their_shape(tmp_path, size, aspect, square):
    def prepare(stream: av.VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = aspect

    path = write_media(
        tmp_path / "a.mp4", [encoded(patches(*size), "yuv420p")], [0.0], prepare=prepare
    )
    assert shown(path).shape[1::-1] == square


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_phone_is_shown_upright(tmp_path, turns):
    upright = patches(128, 96)
    held = np.ascontiguousarray(np.rot90(upright, -turns))
    path = write_media(
        tmp_path / "a.mp4", [encoded(held, "yuv420p", matrix="ITU601")], [0.0],
        prepare=lambda stream: stream.set_display_rotation(90 * turns),
    )  # fmt: skip
    assert np.abs(middles(shown(path)) - middles(upright)).max() <= 2 * _CLOSE


@pytest.mark.parametrize(
    "matrix",
    [(1, 0, 0, 1), (-1, 0, 0, -1), (-1, 0, 0, 1), (1, 0, 0, -1),
     (0, 1, -1, 0), (0, -1, 1, 0), (0, 1, 1, 0), (0, -1, -1, 0)],
)  # fmt: skip
def test_a_mirrored_one_too(tmp_path, matrix):
    a, b, c, d = matrix
    stored = np.full((96, 96, 3), 128, np.uint8)
    grays = {(-1, -1): 20, (1, -1): 80, (-1, 1): 160, (1, 1): 230}
    for (x, y), gray in grays.items():
        stored[24 + 24 * y : 72 + 24 * y, 24 + 24 * x : 72 + 24 * x] = gray
    one = 65536
    path = write_media(
        tmp_path / "a.mp4", [encoded(stored, "yuv420p", matrix="ITU601")], [0.0],
        prepare=lambda stream: stream.set_display_matrix(
            [a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30]
        ),
    )  # fmt: skip
    image = shown(path)
    for (x, y), gray in grays.items():  # ISO/IEC 14496-12, 8.3.2
        place = 48 + 24 * (b * x + d * y), 48 + 24 * (a * x + c * y)
        assert image[place] == pytest.approx([gray] * 3, abs=_CLOSE)


class TestInterlaced:
    """A bar that moves from one half frame to the next."""

    def write(self, path: Path, kind: str = "yuv420p") -> Path:
        frames = []
        for n in range(12):
            image = np.full((96, 128, 3), 30, np.uint8)
            for field in (0, 1):
                at = 8 * n + 4 * field
                image[field::2, at : at + 12] = 220
            frames.append(encoded(image, kind, matrix="ITU601"))
        return write_media(
            path, frames, [n / 25 for n in range(12)],
            options={"bf": "0", "crf": "5", "x264-params": "tff=1"},
            prepare=lambda stream: None,
        )  # fmt: skip

    def combed(self, image: Image) -> float:
        """How much the lines differ from their neighbours, where the picture has no detail."""
        lines = image[8:-8, :, 1].astype(int)
        return float(np.abs(np.diff(lines, axis=0)).mean())

    @pytest.mark.parametrize("kind", ["yuv420p", "yuv420p10le"])
    def test_half_frames_are_made_whole_pictures_at_the_same_times(self, tmp_path, kind):
        path = self.write(tmp_path / "a.mp4", kind)
        with av.open(str(path)) as container:
            raw = list(container.decode(video=0))
        assert raw[3].interlaced_frame
        assert self.combed(raw[3].to_ndarray(format="bgr24")) > 5
        with VideoSource(path, pace=False) as source:
            frames = list(source)
        assert [frame.time_s for frame in frames] == pytest.approx(
            [n / 25 for n in range(12)], abs=1e-3
        )
        assert max(self.combed(frame.image) for frame in frames[1:]) < 2


def test_the_memory_of_frames_is_free_as_soon_as_they_are_not_used(tmp_path):
    frames = [encoded(patches(), "yuv420p") for _ in range(30)]
    path = write_media(tmp_path / "a.mp4", frames, [n / 30 for n in range(30)])
    del frames
    gc.collect()
    gc.disable()  # which would free, much later, what refers to itself
    try:
        with VideoSource(path, pace=False, with_planes=True) as source:
            most = 0
            for _ in source:
                alive = sum(isinstance(each, av.VideoFrame) for each in gc.get_objects())
                most = max(most, alive)
    finally:
        gc.enable()
    assert most <= 8


def test_what_is_drawn_on_a_picture_is_in_no_later_one(tmp_path):
    # This codec's frames are BGR, and its decoder builds each one on the one before.
    frames = [encoded(np.full((96, 128, 3), gray, np.uint8), "bgr24") for gray in (50, 50, 200)]
    path = write_media(tmp_path / "a.flv", frames, [0, 0.1, 0.2], codec="flashsv", options={})
    grays = []
    with VideoSource(path, pace=False) as source:
        for frame in source:
            grays.append(np.unique(frame.image).tolist())
            frame.image[:] = 0
    assert grays == [[50], [50], [200]]


def test_a_size_that_changes_on_the_way_changes_no_frame_s_size(tmp_path):
    first = write_media(
        tmp_path / "1.ts", [encoded(patches(128, 96), "yuv420p", matrix="ITU601")] * 2, [0, 0.04]
    )
    other = write_media(
        tmp_path / "2.ts", [encoded(patches(64, 96), "yuv420p", matrix="ITU601")] * 2, [0.08, 0.12]
    )
    path = tmp_path / "a.ts"
    path.write_bytes(first.read_bytes() + other.read_bytes())
    with VideoSource(path, pace=False) as source:
        images = [frame.image for frame in source]
    assert {image.shape for image in images} == {(96, 128, 3)}
    assert len(images) == 4
    assert images[-1][48, 2].max() < 20  # bars at the sides keep the shape
