"""Which versions of v4l2loopback need it; tests/system tries it on real devices."""

from __future__ import annotations

import pytest

from overlay.outputs.reopening import is_needed, unblock
from tests.linux_machine import LinuxMachine, linux_only


@pytest.mark.parametrize(
    ("version", "needed"),
    [("0.12.5", True), ("0.12.7", True), ("0.13.2", False), ("0.15.0", False), ("git", False)],
)
def test_versions_up_to_0_12_keep_their_devices_blocked(tmp_path, version, needed):
    machine = LinuxMachine(tmp_path).load()
    (machine.root / "sys/module/v4l2loopback/version").write_text(f"{version}\n")
    assert is_needed(machine.root) is needed


def test_without_the_module_there_is_nothing_to_do(tmp_path):
    assert not is_needed(tmp_path)


@linux_only
def test_what_is_no_video_device_stays_as_it_is(tmp_path):
    (tmp_path / "video0").touch()
    assert not unblock(str(tmp_path / "video0"))
    assert not unblock(str(tmp_path / "video1"))
