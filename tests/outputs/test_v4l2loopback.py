from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from overlay.outputs.v4l2loopback import (
    INSTALL,
    LOAD,
    RELOAD,
    exclusive,
    find_obstacle,
    opened_by_others,
)
from overlay.outputs.v4l2loopback import loopback_nodes as nodes
from tests.linux_machine import LinuxMachine


@pytest.fixture
def machine(tmp_path):
    return LinuxMachine(tmp_path)


def test_a_bare_machine_needs_the_module(machine):
    problem, fix = find_obstacle(root=machine.root)
    assert str(problem) == "the kernel module v4l2loopback is not installed"
    assert fix == INSTALL


def test_the_module_is_installed_by_our_script_for_every_start_and_distribution():
    sudo, script = shlex.split(INSTALL)
    assert sudo == "sudo"
    assert Path(script).name == "virtual-camera.sh"
    assert Path(script).is_file()


def test_an_installed_module_only_needs_loading(machine):
    problem, fix = find_obstacle(root=machine.install().root)
    assert "installed but not loaded" in str(problem)
    assert fix == LOAD


def test_a_module_loaded_without_device_is_loaded_again(machine):
    problem, fix = find_obstacle(root=machine.install().load().root)
    assert "loaded without a device" in str(problem)
    assert fix == RELOAD


def test_a_device_hidden_from_a_container_counts_as_none(machine):
    machine.load().loopback(4, "Emotion Overlay", node=False)
    assert "loaded without a device" in str(find_obstacle(root=machine.root).problem)


def test_a_wrong_device_names_those_there_are(machine):
    machine.load().loopback(10, "OBS").loopback(4, "Emotion Overlay")
    problem = find_obstacle("/dev/video7", machine.root).problem
    assert str(problem) == "there is no /dev/video7, only /dev/video4, /dev/video10"


def test_a_device_without_permission_names_the_group(machine, monkeypatch):
    machine.load().loopback(4, "Emotion Overlay")
    monkeypatch.setattr("os.access", lambda *_: False)  # root may do everything
    assert "usermod -aG video" in str(find_obstacle(root=machine.root).fix)


def test_nothing_stands_in_the_way_of_a_device_that_is_there(machine):
    machine.load().loopback(4, "Emotion Overlay")
    assert find_obstacle(root=machine.root) is None
    assert find_obstacle("/dev/video4", machine.root) is None


def test_other_virtual_video_devices_are_not_taken_for_loopbacks(machine):
    machine.loopback(4, "vivid").loopback(5, "Emotion Overlay")
    (machine.root / "sys/devices/virtual/video4linux/video4/max_openers").unlink()
    assert nodes(machine.root) == {"/dev/video5": "Emotion Overlay"}


# Values as v4l2loopback 0.12 shows them: one for each of eight possible devices.
@pytest.mark.parametrize(
    ("caps", "numbers", "expected"),
    [
        ("Y,N,N,N,N,N,N,N", "-1,-1,-1,-1,-1,-1,-1,-1", {2: True, 10: False}),
        ("Y,Y,N,N,N,N,N,N", "-1,-1,-1,-1,-1,-1,-1,-1", {2: True, 10: True}),
        ("N,N,N,N,N,N,N,N", "-1,-1,-1,-1,-1,-1,-1,-1", {2: False, 10: False}),
        ("Y,N,N,N,N,N,N,N", "10,2,-1,-1,-1,-1,-1,-1", {2: False, 10: True}),
        ("Y", "-1", {2: True, 10: None}),
    ],
)
def test_exclusive_caps_are_read_for_each_device(machine, caps, numbers, expected):
    machine.load(exclusive_caps=caps, video_nr=numbers).loopback(2, "one").loopback(10, "two")
    found = {number: exclusive(f"/dev/video{number}", machine.root) for number in (2, 10)}
    assert found == expected


def test_what_the_module_says_may_be_nonsense(machine):
    machine.install().load(exclusive_caps=":", video_nr="x,\N{ARABIC-INDIC DIGIT THREE}")
    machine.loopback(4, "Emotion Overlay")
    (machine.root / "sys/devices/virtual/video4linux/videoX").mkdir()
    (machine.root / "sys/devices/virtual/video4linux/videoX/max_openers").touch()
    assert nodes(machine.root) == {"/dev/video4": "Emotion Overlay"}
    assert exclusive("/dev/video4", machine.root) is False
    assert find_obstacle(root=machine.root) is None


def test_a_module_that_does_not_tell_its_parameters_is_not_blamed(machine):
    machine.load().loopback(2, "one")
    assert exclusive("/dev/video2", machine.root) is None


def test_what_others_have_open_is_counted_without_our_own(machine):
    machine.load().loopback(4, "Emotion Overlay").opened(3)
    (machine.root / "proc/self/fd/7").symlink_to("/dev/video4")
    (machine.root / "proc/self/fd/8").symlink_to("/dev/null")
    assert opened_by_others(machine.root) == 2


def test_a_module_that_does_not_tell_leaves_it_open_who_looks(machine):
    assert opened_by_others(machine.load().root) is None
