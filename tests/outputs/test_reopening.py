"""Which versions of v4l2loopback need it; tests/system tries it on real devices."""

from __future__ import annotations

from overlay.outputs.reopening import is_needed, unblock
from tests.linux_machine import LinuxMachine, linux_only


def test_devices_that_do_not_show_their_state_are_of_a_version_that_blocks_them(tmp_path):
    machine = LinuxMachine(tmp_path).load().loopback(4, "Emotion Overlay")
    assert is_needed("/dev/video4", machine.root)
    (machine.root / "sys/devices/virtual/video4linux/video4/state").touch()
    assert not is_needed("/dev/video4", machine.root)


def test_without_the_device_there_is_nothing_to_do(tmp_path):
    assert not is_needed("/dev/video4", tmp_path)


@linux_only
def test_what_is_no_video_device_stays_as_it_is(tmp_path):
    (tmp_path / "video0").touch()
    assert not unblock(str(tmp_path / "video0"))
    assert not unblock(str(tmp_path / "video1"))
