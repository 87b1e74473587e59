"""The webcam through OpenCV's real capture class: files stand where a device would."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.errors import SourceError, SourceLostError
from overlay.sources import webcam
from overlay.sources.cameras import CameraInfo
from overlay.sources.webcam import WebcamSource, find_camera
from tests.clips import CLIPS, FPS, SIZE

BUILT_IN = CameraInfo(0, "Integrated Camera", "/dev/video0")
METADATA = CameraInfo(1, "Integrated Camera", "/dev/video1", capture=False)
OURS = CameraInfo(2, "Emotion Overlay", "/dev/video2", virtual=True)
LOGITECH = CameraInfo(4, "Logitech HD Webcam C920", "/dev/v4l/by-id/usb-C920-video-index0")
CAMERAS = [BUILT_IN, METADATA, OURS, LOGITECH]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: device nodes are Linux's")


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("", BUILT_IN),
        ("0", BUILT_IN),
        ("4", LOGITECH),
        ("Logitech", LOGITECH),
        ("c920", LOGITECH),
        ("integrated", BUILT_IN),
    ],
)
def test_a_camera_is_found_by_number_or_by_part_of_its_name(which, expected):
    assert find_camera(which, CAMERAS) == expected


@on_linux
@pytest.mark.parametrize(("which", "expected"), [(c.path, c) for c in (BUILT_IN, LOGITECH)])
def test_a_camera_is_found_by_its_path(which, expected):
    assert find_camera(which, CAMERAS) == expected


def test_of_two_cameras_with_one_name_the_one_with_colours_is_meant():
    infrared = CameraInfo(0, "Integrated Camera", "/dev/video0", infrared=True)
    color = CameraInfo(2, "Integrated Camera", "/dev/video2")
    assert find_camera("integrated", [infrared, color]) == color
    assert find_camera("0", [infrared, color]) == infrared


@on_linux
def test_a_node_finds_the_camera_whose_stable_path_leads_to_it(tmp_path):
    node, stable = tmp_path / "video7", tmp_path / "usb-index0"
    node.touch()
    stable.symlink_to(node)
    camera = CameraInfo(7, "Webcam", str(stable))
    assert find_camera(str(node), [camera]) == camera


@pytest.mark.parametrize("which", ["2", "Emotion"])
def test_our_own_virtual_camera_is_refused_with_the_reason(which):
    with pytest.raises(SourceError, match="is a virtual camera, so the output would feed itself"):
        find_camera(which, CAMERAS)


def test_a_metadata_node_is_refused():
    with pytest.raises(SourceError, match="is not a capture device"):
        find_camera("1", CAMERAS)


def test_the_first_real_camera_is_never_a_virtual_one():
    assert find_camera("", [OURS, METADATA, LOGITECH]) == LOGITECH
    with pytest.raises(SourceError, match="no webcam found: plug one in, or use the source 'demo'"):
        find_camera("", [OURS, METADATA])


def test_what_is_not_there_names_what_is():
    with pytest.raises(SourceError) as error:
        find_camera("Sony", CAMERAS)
    assert str(error.value) == (
        "no webcam like 'Sony': there are 0 (Integrated Camera), 4 (Logitech HD Webcam C920)"
    )


@pytest.fixture
def stand_in(monkeypatch):
    """Makes a camera of a file, which OpenCV's real capture class then opens and reads."""

    def make(path: Path | str, backend: int = cv2.CAP_FFMPEG) -> CameraInfo:
        monkeypatch.setattr(webcam, "_backends", lambda: (backend,))
        node = str(path) if Path(path).exists() else str(Path(path).parent)
        return replace(LOGITECH, index=str(path), path=node)

    return make


def open_webcam(camera: CameraInfo) -> WebcamSource:
    return WebcamSource(camera, size=(1280, 720), fps=30)


def write_images(folder: Path, *sizes: tuple[int, int]) -> Path:
    for number, (width, height) in enumerate(sizes):
        image = np.full((height, width, 3), 10 * number, np.uint8)
        cv2.imwrite(str(folder / f"frame{number:02}.png"), image)
    return folder / "frame%02d.png"


def test_frames_are_stamped_when_they_are_taken_and_numbered(clip_path, stand_in):
    camera = stand_in(clip_path("smiling"))
    before = time.monotonic()
    with open_webcam(camera) as source:
        frames = [source.read() for _ in range(5)]
    assert source.live
    assert [frame.index for frame in frames] == list(range(5))
    stamps = [before, *(frame.time_s for frame in frames), time.monotonic()]
    assert stamps == sorted(stamps)


def test_it_says_what_the_camera_really_delivers(clip_path, stand_in):
    with open_webcam(stand_in(clip_path("smiling"))) as source:
        assert source.size == SIZE == (480, 270)  # though 1280x720 was asked for
        assert source.fps == FPS
        assert source.read().image.shape == (270, 480, 3)
        assert source.name.startswith("webcam ")
        assert "(Logitech HD Webcam C920)" in source.name


def test_a_camera_that_stops_is_lost(clip_path, stand_in):
    source = open_webcam(stand_in(clip_path("smiling")))
    for _ in range(len(CLIPS["smiling"]) - 1):  # opening it took one
        source.read()
    with pytest.raises(SourceLostError, match="sends no more pictures: plug it in again"):
        source.read()
    source.close()


def test_reading_a_closed_camera_does_not_hang(clip_path, stand_in):
    source = open_webcam(stand_in(clip_path("smiling")))
    source.close()
    source.close()
    with pytest.raises(SourceLostError):
        source.read()


def test_a_camera_that_changes_its_size_goes_on(tmp_path, stand_in):
    pattern = write_images(tmp_path, (64, 48), (64, 48), (32, 24), (80, 60))
    with open_webcam(stand_in(pattern, cv2.CAP_IMAGES)) as source:
        shapes = [source.read().image.shape[:2] for _ in range(3)]
    assert shapes == [(48, 64), (24, 32), (60, 80)]


def test_one_damaged_picture_is_passed_over(tmp_path, stand_in):
    path = tmp_path / "a.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (64, 48))
    for shade in (0, 50, 100, 150):
        writer.write(np.full((48, 64, 3), shade, np.uint8))
    writer.release()
    data = path.read_bytes()
    third = [at.start() for at in re.finditer(b"\xff\xd8\xff", data)][2]
    path.write_bytes(data[:third] + bytes(40) + data[third + 40 :])
    with open_webcam(stand_in(path, cv2.CAP_OPENCV_MJPEG)) as source:
        shades = [round(source.read().image.mean()) for _ in range(2)]
    assert shades == pytest.approx([50, 150], abs=2)


def test_a_busy_camera_says_what_to_do(tmp_path, stand_in, capfd):
    (tmp_path / "busy").write_text("delivers nothing")
    with pytest.raises(SourceError, match="is busy or delivers no pictures: close the other"):
        open_webcam(stand_in(tmp_path / "busy"))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("camera", [OURS, METADATA])
def test_it_does_not_open_what_must_not_be_an_input(camera):
    with pytest.raises(SourceError, match=r"virtual camera|not a capture device"):
        open_webcam(camera)


@on_linux
def test_a_camera_that_was_unplugged_is_gone(tmp_path):
    camera = CameraInfo(91, "Webcam", str(tmp_path / "video91"))
    with pytest.raises(SourceError, match=r"camera 91 .* is unplugged: plug it in again"):
        open_webcam(camera)


@on_linux
def test_a_camera_without_permission_names_the_group(tmp_path, ordinary_user):
    node = tmp_path / "video0"
    node.touch(0)
    with ordinary_user(), pytest.raises(SourceError, match="usermod -aG video"):
        open_webcam(CameraInfo(0, "Webcam", str(node)))


@on_linux
def test_a_node_that_is_no_camera_is_not_opened_and_prints_nothing(tmp_path, capfd):
    (tmp_path / "video250").touch()
    with pytest.raises(SourceError, match="busy or delivers no pictures"):
        open_webcam(CameraInfo(250, "Webcam", str(tmp_path / "video250")))
    assert capfd.readouterr().err == ""
