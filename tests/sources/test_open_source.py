from __future__ import annotations

import subprocess
import sys

import pytest
from PIL import Image as PillowImage

from overlay import sources
from overlay.errors import SourceError
from overlay.sources import CameraInfo, means_video, open_source


@pytest.fixture
def cameras(monkeypatch):
    """The cameras this computer is made to have."""
    found: list[CameraInfo] = []
    for module in (sources, sys.modules.get("overlay.sources.webcam")):
        if module is not None:
            monkeypatch.setattr(module, "list_cameras", lambda: list(found))
    return found


def test_auto_is_the_demo_where_there_is_no_webcam(cameras):
    assert open_source("auto").name == "demo"


def test_auto_never_takes_a_virtual_camera(cameras):
    cameras.append(CameraInfo(0, "OBS Virtual Camera", "/dev/video0", virtual=True))
    assert open_source("auto").name == "demo"


def test_auto_says_why_a_webcam_that_is_there_cannot_be_used(cameras):
    cameras.append(CameraInfo(99, "Webcam", "/nowhere/video99"))
    with pytest.raises(SourceError, match="camera 99"):
        open_source("auto")


@pytest.mark.parametrize("spec", ["webcam", "webcam:7", "webcam:Logitech", "/dev/video98"])
def test_a_webcam_that_is_not_there_is_one_line(cameras, spec):
    if sys.platform != "linux" and spec == "webcam:7":
        pytest.skip("PLATFORM: other systems may have cameras that are not listed")
    with pytest.raises(SourceError, match="no webcam") as error:
        open_source(spec)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "nothing",
        "lesson.mp4",
        "demo:many",
        "ftp://example.org/a",
        "x" * 5000,
        "zero\0",
        f"demo:{'9' * 5000}",
    ],
)
def test_what_is_unknown_lists_what_is_possible(spec):
    with pytest.raises(SourceError, match=r"use auto, webcam, .*demo.*video"):
        open_source(spec)


def test_a_url_of_no_known_kind_is_named_without_its_password():
    with pytest.raises(SourceError, match=r"'rstp://cam\.lan'") as error:
        open_source("rstp://ana:opensesame@cam.lan/live")
    assert "opensesame" not in str(error.value)


def test_the_demo_has_the_size_and_rate_asked_for():
    with open_source("demo", size=(320, 180), fps=15, pace=False) as source:
        assert (source.size, source.fps) == ((320, 180), 15)


def test_files_are_told_apart(clip_path):
    with (
        open_source(str(clip_path("smiling")), pace=False) as video,
        open_source("demo", pace=False) as demo,
    ):
        assert type(video).__name__ == "VideoSource"
        assert type(demo).__name__ == "DemoSource"


def test_importing_the_room_loads_no_image_library_but_opencv():
    code = "import overlay.sources, sys; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("pictures", "plays"), [(1, False), (3, True)])
def test_a_gif_plays_if_it_is_an_animation(tmp_path, pictures, plays):
    first, *others = (PillowImage.new("RGB", (64, 48), color) for color in ("red", "lime", "blue"))
    path = tmp_path / "named.jpg"
    first.save(path, "GIF", save_all=True, append_images=others[: pictures - 1], duration=100)
    assert means_video(str(path)) == plays
    with open_source(str(path), pace=False) as source:
        assert len({tuple(frame.image[0, 0]) for frame in source}) == pictures


def test_a_damaged_gif_is_one_line(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a\1\0")
    with pytest.raises(SourceError, match=r"a\.gif' cannot be decoded"):
        open_source(str(tmp_path / "a.gif"))
