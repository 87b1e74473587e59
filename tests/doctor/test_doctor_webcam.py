from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from overlay.doctor import Machine
from overlay.doctor.webcam import check_webcam
from overlay.sources import CameraInfo
from tests.linux_machine import linux_only

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
BUILT_IN = CameraInfo(0, "FaceTime HD Camera", "47B4B64B")


@linux_only
def test_a_free_webcam_is_fine(fake, machine):
    fake.webcam(0, "C920")
    finding = check_webcam(machine)
    assert (finding.state, finding.message) == ("ok", "camera 0 (C920) is connected and free")


@linux_only
def test_no_camera_at_all(machine):
    finding = check_webcam(machine)
    assert (finding.state, finding.message) == ("problem", "no webcam was found")
    assert "plug one in" in finding.fix


@linux_only
def test_virtual_cameras_alone_are_no_webcam(fake, machine):
    fake.loopback(4, "Emotion Overlay").loopback(5, "OBS Virtual Camera")
    finding = check_webcam(machine)
    assert finding.state == "problem"
    expected = "there are only virtual cameras (Emotion Overlay, OBS Virtual Camera)"
    assert finding.message == expected


@linux_only
def test_a_busy_webcam_names_who_uses_it(fake, machine, held):
    fake.webcam(0, "C920")
    pid = held(fake.node(0))
    finding = check_webcam(machine)
    assert finding.state == "problem"
    assert "camera 0 (C920) is in use by python" in finding.message
    assert f"(process {pid})" in finding.message
    assert finding.fix.startswith("close python")


@linux_only
def test_a_second_webcam_that_is_free_will_do(fake, machine, held):
    fake.webcam(0, "C920").webcam(2, "Brio")
    held(fake.node(0))
    finding = check_webcam(machine)
    assert (finding.state, finding.message) == ("ok", "camera 2 (Brio) is connected and free")


@linux_only
def test_a_free_infrared_camera_does_not_make_up_for_a_busy_one(fake, machine, held):
    fake.webcam(0, "Integrated IR Camera").webcam(2, "C920")
    held(fake.node(2))
    finding = check_webcam(machine)
    assert finding.state == "problem"
    assert "camera 2 (C920) is in use" in finding.message


@linux_only
def test_our_own_use_of_the_webcam_is_no_problem(fake, machine, held):
    fake.webcam(0, "C920")
    held(fake.node(0), "-m", "overlay")
    finding = check_webcam(machine)
    assert (finding.state, finding.message) == (
        "ok",
        "camera 0 (C920) is in use by this application",
    )


@linux_only
def test_a_webcam_without_permission_names_the_group(fake, machine, monkeypatch):
    fake.webcam(0, "C920")
    monkeypatch.setattr("os.access", lambda *_: False)  # root may do everything
    finding = check_webcam(machine)
    assert finding.state == "problem"
    assert "no permission" in finding.message
    assert finding.fix == "sudo usermod -aG video $USER, then log in again"


@linux_only
def test_this_machine_is_told_the_truth():
    finding = check_webcam(Machine())
    usable = [camera for camera in Machine().cameras() if camera.usable]
    assert bool(usable) or finding.state == "problem"


@pytest.mark.parametrize(
    ("status", "state"), [(0, "ok"), (1, "problem"), (2, "problem"), (3, "ok")]
)
def test_macos_permission(other, monkeypatch, status, state):
    """AVAuthorizationStatus: not determined, restricted, denied, authorised."""
    device = SimpleNamespace(authorizationStatusForMediaType_=lambda kind: status)
    objc = SimpleNamespace(loadBundle=lambda *_: None, lookUpClass=lambda name: device)
    monkeypatch.setitem(sys.modules, "objc", objc)
    finding = check_webcam(other("darwin", cameras=[BUILT_IN]))
    assert finding.state == state
    assert ("Privacy & Security > Camera" in finding.fix) == (state == "problem")


@pytest.mark.parametrize("key", [rf"HKLM\{STORE}", rf"HKCU\{STORE}", rf"HKCU\{STORE}\NonPackaged"])
def test_windows_privacy_setting(other, key):
    answer = f"\r\n{key}\r\n    Value    REG_SZ    Deny\r\n\r\n"
    machine = other("win32", answers={f"reg query {key} /v Value": answer}, cameras=[BUILT_IN])
    finding = check_webcam(machine)
    assert finding.state == "problem"
    assert "including for desktop apps" in finding.fix


@pytest.mark.parametrize(
    ("program", "stopped", "state"),
    [
        (r"C:#Program Files#Zoom#bin#Zoom.exe", "0x0", "problem"),
        (r"C:#Program Files#Zoom#bin#Zoom.exe", "0x1da2d9c4c4b3f00", "ok"),
        (r"C:#Python312#python.exe", "0x0", "ok"),
    ],
)
def test_windows_says_which_program_uses_the_camera(other, program, stopped, state):
    key = rf"HKEY_CURRENT_USER\{STORE}\NonPackaged\{program}"
    listing = (
        f"\r\n{key}\r\n    LastUsedTimeStart    REG_QWORD    0x1da2d9c4a0000\r\n"
        f"    LastUsedTimeStop    REG_QWORD    {stopped}\r\n"
    )
    answers = {rf"reg query HKCU\{STORE} /s": listing}
    finding = check_webcam(other("win32", answers=answers, cameras=[BUILT_IN]))
    assert finding.state == state
    if state == "problem":
        assert finding.message == "camera 0 (FaceTime HD Camera) is in use by Zoom.exe"
