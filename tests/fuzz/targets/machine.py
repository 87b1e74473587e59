"""What the system says of its devices: findings of the doctor, none of which "could not look"."""

from __future__ import annotations

import json
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay.doctor import Machine
from overlay.doctor.virtual_camera import check_virtual_camera
from overlay.doctor.webcam import check_webcam
from overlay.outputs import v4l2loopback
from overlay.sources import cameras
from tests.fuzz.inputs import Input, as_json, awkward_numbers, awkward_text, json_like
from tests.linux_machine import LinuxMachine

_SYSFS = (
    "sys/devices/virtual/video4linux/video9/name",
    "sys/devices/virtual/video4linux/video9/max_openers",
    "sys/devices/pci0/usb1/video4linux/video0/name",
    "sys/devices/pci0/usb1/video4linux/video0/index",
    "sys/module/v4l2loopback/parameters/exclusive_caps",
    "sys/module/v4l2loopback/parameters/video_nr",
    "sys/module/v4l2loopback/refcnt",
    "sys/module/v4l2loopback/version",
    "proc/77/comm",
    "proc/77/cmdline",
    "dev/videoX",
    "dev/video٣",
    "sys/devices/virtual/video4linux/videoX/max_openers",
    "sys/devices/virtual/video4linux/videoX/name",
)
_MACOS = {"SPCameraDataType": [{"_name": "FaceTime HD", "spcamera_unique-id": "0x1"}]}
_WINDOWS = [{"name": "HD Camera", "id": "USB\\1", "software": False}]
_REGISTRY = r"""
HKEY_CURRENT_USER\Software\Microsoft\CapabilityAccessManager\NonPackaged\C:#Zoom#zoom.exe
    LastUsedTimeStop    REG_QWORD    0x0
"""
_EXTENSIONS = "* * 2MMRE5MTB8 com.obsproject.obs-studio.mac-camera-extension [activated enabled]"


def inputs() -> st.SearchStrategy[Input]:
    """Device files of Linux, and answers of macOS's and Windows's programs."""
    value = awkward_text | awkward_numbers.map(str) | st.sampled_from(("Y,N", "8,9", "0\n", ","))
    files = st.dictionaries(st.sampled_from(_SYSFS), value)
    return st.one_of(
        files.map(lambda found: as_json(found, "linux")),
        (json_like(_MACOS) | _text).map(lambda content: Input("macos", content)),
        (json_like({"": _WINDOWS}) | _text).map(lambda content: Input("windows", content)),
        st.sampled_from((_REGISTRY, _EXTENSIONS))
        .flatmap(_lines)
        .map(lambda content: Input("programs", content)),
        _plists().map(lambda content: Input("Info.plist", content)),
    )


def read(input: Input, folder: Path) -> None:
    """Have the doctor look at such a machine."""
    if input.name == "linux":
        _linux(json.loads(input.content), folder)
    elif input.name == "macos":
        cameras._parsed(input.content.decode(errors="replace"), cameras._parse_macos)
    elif input.name == "windows":
        cameras._parsed(input.content.decode(errors="replace"), cameras._parse_windows)
    else:
        _other(input, folder)


def _linux(files: dict[str, str], root: Path) -> None:
    made = LinuxMachine(root).install().load(exclusive_caps="Y", video_nr="9").opened(1)
    made.loopback(9, "Emotion Overlay").webcam(0, "HD Camera")
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", errors="surrogatepass")
    machine = Machine("linux", root)
    for finding in (check_webcam(machine), check_virtual_camera(machine)):
        assert len(finding.message.splitlines()) == 1, finding
    v4l2loopback.opened_by_others(root)
    cameras.camera_nodes(root)


def _other(input: Input, root: Path) -> None:
    text = input.content.decode(errors="replace")
    plist = root / "Applications/OBS.app/Contents/Info.plist"
    plist.parent.mkdir(parents=True)
    plist.write_bytes(input.content if input.name == "Info.plist" else _plist("31.0"))
    for system in ("darwin", "win32"):
        with mock.patch.object(Machine, "output_of", return_value=text):
            check_virtual_camera(Machine(system, root))
            with mock.patch.object(Machine, "cameras", return_value=_ONE):
                check_webcam(Machine(system, root))


_ONE = [cameras.CameraInfo(0, "HD Camera", "x")]
_text = st.text().map(lambda text: text.encode(errors="replace"))


def _lines(text: str) -> st.SearchStrategy[bytes]:
    from tests.fuzz.inputs import damaged

    return damaged(text.encode())


def _plist(version: object) -> bytes:
    import plistlib

    return plistlib.dumps({"CFBundleShortVersionString": version})


def _plists() -> st.SearchStrategy[bytes]:
    from tests.fuzz.inputs import damaged

    return damaged(_plist("31.0")) | st.sampled_from([_plist(31), _plist([1]), _plist("٣")])
