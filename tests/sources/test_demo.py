from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest

from overlay.errors import SourceError
from overlay.sources import demo, open_source
from overlay.sources.demo import DemoSource

WHITE = 245  # the paper of a print; nothing of the wall is as bright


def prints(image: np.ndarray) -> list[tuple[int, int, int, int]]:
    """The boxes (x, y, width, height) of the white-framed portraits."""
    paper = (image.min(axis=2) > WHITE).astype(np.uint8)
    paper = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(paper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(contour) for contour in contours]
    return [box for box in boxes if box[2] > image.shape[1] / 20]


@pytest.mark.parametrize("faces", [1, 2, 4, 9])
def test_every_portrait_stays_whole_and_apart_from_the_others(faces):
    source = DemoSource(faces=faces, pace=False)
    for index in range(0, 900, 150):
        boxes = prints(source.render(index))
        assert len(boxes) == faces
        for x, y, width, height in boxes:
            assert x > 0
            assert y > 0
            assert x + width < 1280
            assert y + height < 720


def test_portraits_move_and_change_their_size():
    source = DemoSource(pace=False)
    (start,), (later,) = prints(source.render(0)), prints(source.render(60))
    assert abs(start[0] - later[0]) > 20
    assert abs(start[3] - later[3]) > 10


def test_motion_is_smooth():
    source = DemoSource(size=(640, 360), pace=False)
    corners = np.array([prints(source.render(index))[0][:2] for index in range(45)])
    assert np.abs(np.diff(corners, axis=0)).max() <= 6


def test_a_frame_depends_on_its_index_alone():
    one, other = DemoSource(pace=False), DemoSource(pace=False)
    for _ in range(5):
        frame = one.read()
    assert frame.index == 4
    assert np.array_equal(frame.image, other.render(4))
    assert not np.array_equal(frame.image, other.render(5))


def test_unpaced_frames_carry_media_time():
    with open_source("demo", fps=25, pace=False) as source:
        assert [source.read().time_s for _ in range(3)] == pytest.approx([0, 0.04, 0.08])
        assert not source.live


def test_a_paced_demo_is_live():
    with open_source("demo", size=(320, 180), fps=100) as source:
        stamps = [source.read().time_s for _ in range(6)]
    assert source.live
    assert stamps[-1] - stamps[0] >= 0.05 - 1e-6


@pytest.mark.parametrize("size", [(1280, 720), (480, 270), (720, 1280), (641, 361), (2, 2)])
def test_it_has_the_size_that_is_asked_for(size):
    source = DemoSource(size=size, pace=False)
    assert source.size == size
    assert source.read().image.shape == (size[1], size[0], 3)


def test_nine_faces_are_named_in_the_source():
    assert open_source("demo:9", pace=False).name == "demo, 9 faces"


@pytest.mark.parametrize("spec", ["demo:0", "demo:50"])
def test_too_few_and_too_many_faces_are_refused(spec):
    with pytest.raises(SourceError, match="1 to 49 faces"):
        open_source(spec)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_a_missing_or_damaged_portrait_is_named(monkeypatch, tmp_path, content):
    portrait = tmp_path / "portrait.jpg"
    if content is not None:
        portrait.write_bytes(content)
    monkeypatch.setattr(demo, "PORTRAIT", portrait)
    with pytest.raises(SourceError, match=r"portrait\.jpg is missing or damaged"):
        DemoSource()


def test_it_needs_no_matplotlib():
    code = (
        "import sys; sys.modules['matplotlib'] = None; "
        "from overlay.sources import open_source; open_source('demo', pace=False).read()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
