from __future__ import annotations

import plistlib

import pytest

from overlay.doctor.virtual_camera import check_virtual_camera
from overlay.outputs import pipewire
from overlay.outputs.v4l2loopback import INSTALL, LOAD, RELOAD
from overlay.sources import CameraInfo
from tests.linux_machine import linux_only

CAPS, NO_CAPS = "Y,N,N,N,N,N,N,N", "N,N,N,N,N,N,N,N"
AUTO = "-1,-1,-1,-1,-1,-1,-1,-1"


@linux_only
def test_every_step_that_is_missing_on_linux_has_its_cure(fake, machine):
    assert check_virtual_camera(machine).fix == INSTALL
    fake.install()
    assert check_virtual_camera(machine).fix == LOAD
    fake.load(exclusive_caps=CAPS, video_nr=AUTO)
    assert check_virtual_camera(machine).fix == RELOAD
    fake.loopback(4, "Emotion Overlay")
    finding = check_virtual_camera(machine)
    assert (finding.state, finding.message) == (
        "ok",
        "/dev/video4 (Emotion Overlay) is ready",
    )


@linux_only
def test_who_chose_pipewire_needs_no_kernel_module(machine, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_OUTPUT", "pipewire")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # where none runs
    finding = check_virtual_camera(machine)
    assert finding.state == "problem"
    assert finding.fix in (pipewire.INSTALL, pipewire.START)
    monkeypatch.setattr(pipewire, "find_obstacle", lambda: None)
    assert check_virtual_camera(machine).message == "a PipeWire camera can be created"


@linux_only
def test_without_exclusive_caps_chrome_does_not_list_it(fake, machine):
    fake.load(exclusive_caps=NO_CAPS, video_nr=AUTO).loopback(4, "Emotion Overlay")
    finding = check_virtual_camera(machine)
    assert finding.state == "problem"
    assert "without exclusive_caps=1, so Chrome and Meet do not list it" in finding.message
    assert finding.fix == RELOAD


@linux_only
def test_a_camera_that_another_program_feeds_is_busy(fake, machine, held):
    fake.load(exclusive_caps=CAPS, video_nr=AUTO).loopback(4, "Emotion Overlay")
    pid = held(fake.node(4))
    finding = check_virtual_camera(machine)
    assert finding.state == "problem"
    assert f"(process {pid})" in finding.message


@linux_only
def test_a_camera_that_we_feed_is_as_it_should_be(fake, machine, held):
    fake.load(exclusive_caps=CAPS, video_nr=AUTO).loopback(4, "Emotion Overlay")
    held(fake.node(4), "-m", "overlay")
    finding = check_virtual_camera(machine)
    assert finding.state == "ok"
    assert "is in use by this application" in finding.message


@linux_only
def test_another_loopback_camera_that_is_free_will_do(fake, machine, held):
    fake.load(exclusive_caps="Y,Y,N,N,N,N,N,N", video_nr=AUTO)
    fake.loopback(4, "Emotion Overlay").loopback(5, "Spare")
    held(fake.node(4))
    assert check_virtual_camera(machine).message == "/dev/video5 (Spare) is ready"


# As printed on people's machines: obsproject/obs-studio pull request 9638 and issue 10381.
ENABLED = """6 extension(s)
--- com.apple.system_extension.cmio
enabled\tactive\tteamID\tbundleID (version)\tname\t[state]
*\t*\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (30.0.0/6132306234)\t[activated enabled]
--- com.apple.system_extension.network_extension
*\t*\tJ6S6Q257EK\tch.protonvpn.mac.OpenVPN-Extension (3.3.2/2308221116)\tProtonVPN OpenVPN\t[activated enabled]
"""  # noqa: E501
WAITING = """--- com.apple.system_extension.cmio (Go to 'System Settings > General > Login Items & Extensions > Camera Extensions' to modify these system extension(s))
enabled active teamID bundleID (version) name [state]
        * 2MMRE5MTB8 com.obsproject.obs-studio.mac-camera-extension (32.1.1/23916622335) OBS Virtual Camera [activated waiting for user]
"""  # noqa: E501
OTHERS = """--- com.apple.system_extension.network_extension
*\t*\tJ6S6Q257EK\tch.protonvpn.mac.OpenVPN-Extension (3.3.2/2308221116)\tProtonVPN OpenVPN\t[activated enabled]
"""  # noqa: E501
REPLACED = ENABLED + (
    "\t\t2MMRE5MTB8\tcom.obsproject.obs-studio.mac-camera-extension (29.9/1)\tOBS\t"
    "[terminated waiting to uninstall on reboot]\n"
)


def install_obs(root, version):
    contents = root / "Applications/OBS.app/Contents"
    contents.mkdir(parents=True)
    info = plistlib.dumps({"CFBundleShortVersionString": version})
    (contents / "Info.plist").write_bytes(info)


@pytest.mark.parametrize(
    ("version", "extensions", "state", "said"),
    [
        (None, OTHERS, "problem", "is not installed"),
        ("29.1.3", OTHERS, "problem", "OBS Studio 29.1.3 is too old"),
        ("30.0.2", OTHERS, "problem", "camera extension is not installed yet"),
        ("32.1.1", WAITING, "problem", "is waiting for your approval"),
        ("30.0.2", ENABLED, "ok", "OBS Studio 30.0.2 and its camera extension are installed"),
        ("30.0.2", REPLACED, "ok", "camera extension are installed"),
        ("30.0.2", None, "warning", "extension could not be checked"),
    ],
)
def test_macos_needs_obs_30_and_its_approved_extension(
    other, tmp_path, version, extensions, state, said
):
    if version:
        install_obs(tmp_path, version)
    answers = {"systemextensionsctl list": extensions} if extensions else {}
    finding = check_virtual_camera(other("darwin", tmp_path, answers))
    assert finding.state == state
    assert said in finding.message
    assert bool(finding.fix) == (state == "problem")


def test_macos_says_where_to_approve(other, tmp_path):
    install_obs(tmp_path, "31.0.0")
    finding = check_virtual_camera(other("darwin", tmp_path, {"systemextensionsctl list": WAITING}))
    assert "Login Items & Extensions > Camera Extensions" in finding.fix


def test_a_broken_obs_counts_as_none(other, tmp_path):
    install_obs(tmp_path, "31.0.0")
    (tmp_path / "Applications/OBS.app/Contents/Info.plist").write_bytes(b"broken")
    assert "is not installed" in check_virtual_camera(other("darwin", tmp_path)).message


@pytest.mark.parametrize("name", ["OBS Virtual Camera", "Unity Video Capture"])
def test_windows_lists_a_driver_that_is_registered(other, name):
    cameras = [CameraInfo(0, "HD Webcam", "USB"), CameraInfo(1, name, "", virtual=True)]
    assert check_virtual_camera(other("win32", cameras=cameras)).state == "ok"


def test_windows_without_obs(other):
    finding = check_virtual_camera(other("win32", cameras=[CameraInfo(0, "HD Webcam", "USB")]))
    assert finding.state == "problem"
    assert "obsproject.com" in finding.fix
