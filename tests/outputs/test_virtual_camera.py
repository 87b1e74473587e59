from __future__ import annotations

import platform

import numpy as np
import pytest

from overlay.errors import OutputError
from overlay.outputs import open_output, virtual_camera
from overlay.outputs.v4l2loopback import loopback_nodes
from overlay.outputs.virtual_camera import VirtualCamera
from tests.linux_machine import LinuxMachine

TEST = "virtual:backend=test"


def test_what_is_sent_is_what_the_call_sees(camera, card):
    image = card(1280, 720)
    with open_output(TEST, size=(1280, 720), fps=30) as output:
        output.send(image)
        noise = np.random.default_rng(0).integers(0, 256, image.shape, np.uint8)
        output.send(noise)
    assert (camera.width, camera.height, camera.fps) == (1280, 720, 30)
    assert np.array_equal(camera.frames[0], image)
    assert np.array_equal(camera.frames[1], noise)


def test_a_cut_out_view_arrives_whole(camera, card):
    large = card(640, 480)
    with open_output(TEST, size=(320, 240), fps=30) as output:
        output.send(large[100:340, 200:520])
    assert np.array_equal(camera.frames[0], large[100:340, 200:520])


def test_send_does_not_wait_for_the_next_frames_time(camera, card, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("send slept"))
    with open_output(TEST, size=(64, 48), fps=1) as output:
        for _ in range(20):
            output.send(card(64, 48))
    assert len(camera.frames) == 20


def test_it_is_called_by_its_device(camera):
    with open_output(TEST, size=(64, 48), fps=30) as output:
        assert output.name == "virtual camera Test Camera"
        assert output.size == (64, 48)


def test_a_registered_backend_is_found_without_naming_it(camera, card, monkeypatch):
    from pyvirtualcam.camera import BACKENDS

    for name in [name for name in BACKENDS if name != "test"]:
        monkeypatch.delitem(BACKENDS, name)
    with open_output("virtual", size=(64, 48), fps=30) as output:
        output.send(card(64, 48))
    assert len(camera.frames) == 1


def test_a_device_can_be_chosen_by_name(camera):
    with VirtualCamera((64, 48), 30, device="Test Camera", backend="test"):
        assert camera.is_open
    with pytest.raises(OutputError, match="no device Other"):
        VirtualCamera((64, 48), 30, device="Other", backend="test")


def test_closing_releases_it_and_may_be_repeated(camera, card):
    output = open_output(TEST, size=(64, 48), fps=30)
    output.close()
    output.close()
    assert not camera.is_open
    with pytest.raises(OutputError):
        output.send(card(64, 48))


def test_it_opens_again_after_closing(camera, card):
    for _ in range(2):
        with open_output(TEST, size=(64, 48), fps=30) as output:
            output.send(card(64, 48))
    assert camera.opened == 2
    assert len(camera.frames) == 2


def test_a_camera_that_stops_taking_frames_says_so(camera, card):
    with open_output(TEST, size=(64, 48), fps=30) as output:
        camera.fail_send = "device removed"
        with pytest.raises(OutputError, match=r"no longer accepts pictures \(device removed\)"):
            output.send(card(64, 48))


def test_a_frame_of_another_size_is_refused(camera, card):
    with (
        open_output(TEST, size=(64, 48), fps=30) as output,
        pytest.raises(OutputError, match="unexpected frame shape"),
    ):
        output.send(card(48, 64))


def test_a_camera_that_does_not_open_gives_its_reason(camera):
    camera.fail_open = "not today"
    with pytest.raises(OutputError, match="not today"):
        open_output(TEST, size=(64, 48), fps=30)


def test_an_unknown_backend_names_those_there_are(camera):
    with pytest.raises(OutputError, match=r"no virtual camera backend 'nope': there are .*test"):
        open_output("virtual:backend=nope", size=(64, 48), fps=30)


def test_odd_sizes_are_refused(camera):
    with pytest.raises(OutputError, match="even width and height, not 63x48"):
        open_output(TEST, size=(63, 48), fps=30)


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("darwin", "install OBS 30 or newer"),
        ("win32", "install OBS Studio"),
    ],
)
def test_it_says_in_a_line_how_to_get_a_camera(system, expected, monkeypatch):
    monkeypatch.setattr("sys.platform", system)
    message = str(virtual_camera._diagnose(RuntimeError("not registered"), None, None))
    assert message.startswith("No virtual camera: not registered. ")
    assert expected in message
    assert str(OutputError(message)) == message


def test_a_missing_step_of_the_linux_set_up_is_told_in_a_line(tmp_path):
    LinuxMachine(tmp_path).install()
    assert str(virtual_camera._diagnose_linux(None, tmp_path)) == (
        "No virtual camera: v4l2loopback is installed but not loaded. "
        'Run: sudo modprobe v4l2loopback exclusive_caps=1 card_label="Emotion Overlay"'
    )


def test_a_bare_machine_is_told_to_run_the_script_that_makes_a_camera(tmp_path):
    message = str(virtual_camera._diagnose_linux(None, tmp_path))
    assert message.startswith("No virtual camera: the kernel module v4l2loopback is not installed")
    assert "Run: sudo " in message
    assert "virtual-camera.sh" in message


def test_a_camera_that_has_everything_and_does_not_open_must_be_busy(tmp_path):
    LinuxMachine(tmp_path).load().loopback(4, "Emotion Overlay")
    message = str(virtual_camera._diagnose_linux(None, tmp_path))
    assert "/dev/video4 is in use by another program" in message
    assert "Close that program" in message
    assert str(OutputError(message)) == message


def test_device_is_found_by_part_of_its_label(tmp_path):
    LinuxMachine(tmp_path).loopback(4, "Emotion Overlay").loopback(10, "OBS Virtual Camera")
    assert virtual_camera._node_labelled("obs", tmp_path) == "/dev/video10"
    assert virtual_camera._node_labelled("nothing", tmp_path) is None


@pytest.mark.skipif(platform.system() != "Linux", reason="PLATFORM: v4l2loopback is for Linux")
def test_without_any_virtual_camera_opening_says_how_to_get_one():
    if loopback_nodes():
        with open_output("virtual", size=(640, 480), fps=30) as output:
            assert output.name.startswith("virtual camera /dev/video")
        return
    with pytest.raises(OutputError) as error:
        open_output("virtual", size=(640, 480), fps=30)
    assert "v4l2loopback" in str(error.value)
    assert "Run: sudo " in str(error.value)
    assert "\\n" not in str(error.value)


@pytest.mark.parametrize("device", ["/dev/video" + "9" * 5000, "/dev/video9", "Nobody's camera"])
def test_a_device_that_is_not_there_is_an_error_of_one_line(device):
    with pytest.raises(OutputError) as caught:
        open_output(f"virtual:{device}", size=(64, 48), fps=30)
    assert "\n" not in str(caught.value)
