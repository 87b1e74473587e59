"""Looking for a virtual camera and setting it up, with stand-ins for pkexec and the script."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from overlay.doctor import Finding
from overlay.tray import virtual_camera
from overlay.tray.virtual_camera import VirtualCameraSetUp
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: pkexec is for Linux")

MISSING = Finding("virtual-camera", "problem", "v4l2loopback is not installed", "sudo apt install")
READY = Finding("virtual-camera", "ok", "/dev/video4 is ready")


@pytest.fixture
def machine(monkeypatch, tmp_path) -> Path:
    """The camera is there once the file `installed` is; `pkexec` runs what it is given."""
    installed = tmp_path / "installed"
    monkeypatch.setattr(
        "overlay.doctor.virtual_camera.check_virtual_camera",
        lambda machine: READY if installed.exists() else MISSING,
    )
    script, pkexec = tmp_path / "virtual-camera.sh", tmp_path / "bin" / "pkexec"
    pkexec.parent.mkdir()
    pkexec.write_text('#!/bin/sh\nexec "$@"\n')
    script.write_text(f'#!/bin/sh\n[ "$1" = --yes ] && touch {installed}\n')
    for program in (pkexec, script):
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pkexec.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(virtual_camera, "_SCRIPT", script)
    return script


def state(set_up: VirtualCameraSetUp) -> str:
    return set_up.describe()["virtual_camera"]["state"]


def test_one_that_is_missing_is_set_up(machine):
    set_up = VirtualCameraSetUp()
    assert state(set_up) == "looking"
    set_up.look()
    until(lambda: state(set_up) == "missing")
    known = set_up.describe()["virtual_camera"]
    assert known["can_install"]
    assert known["message"] == "v4l2loopback is not installed."
    set_up.install()
    until(lambda: state(set_up) == "ready")


def test_why_it_could_not_be_set_up_is_said(machine):
    machine.write_text("#!/bin/sh\necho 'Secure Boot refuses the module' >&2\nexit 2\n")
    set_up = VirtualCameraSetUp()
    set_up.install()
    until(lambda: "Secure Boot" in set_up.describe()["virtual_camera"].get("message", ""))
    assert state(set_up) == "missing"


def test_without_pkexec_it_only_explains(machine, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert not VirtualCameraSetUp().describe()["virtual_camera"]["can_install"]
