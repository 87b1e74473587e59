"""Lists this computer's cameras on Linux, macOS and Windows without opening any of them."""

from __future__ import annotations

import json
import logging
import os
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from overlay.host.programs import output_of
from overlay.logs import keep_out
from overlay.printable import printable

_log = logging.getLogger(__name__)

# Linux: include/uapi/linux/videodev2.h
_QUERYCAP = 0x80685600
_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_ENUM_FMT = 0xC0405602
_FORMAT = struct.Struct("=III32s4s16x")
_CAPTURE_TYPES = (1, 9)  # V4L2_BUF_TYPE_VIDEO_CAPTURE, and its multi-planar variant
_MOST_FORMATS = 64
_CAP_VIDEO_CAPTURE = 0x00000001 | 0x00001000
_CAP_DEVICE_CAPS = 0x80000000

#: Cameras that a program feeds with frames, ours among them; never an input.
_VIRTUAL_NAME = re.compile(
    r"emotion overlay|virtual camera|unity video capture|v4l2 ?loopback|dummy video device", re.I
)

#: Cameras for logging in with one's face. Linux cuts names off after 31 characters, which makes
#: `Integrated Camera: Integrated I` of a name that ends in `IR Camera`.
_INFRARED_NAME = re.compile(r"(?<![a-z])(?-i:IR)(?![a-z])|infra-?red|(?-i:: .* I$)", re.I)

#: V4L2's pixel formats of brightness or depth alone.
_COLORLESS = frozenset(
    ("GREY", "Y04", "Y06", "Y10", "Y12", "Y14", "Y16", "Y10B", "Y10P", "Y12P", "Y14P")
) | {"Y8I", "Y12I", "Y16I", "Z16", "INZI", "CNF4"}

# DirectShow numbers hardware first, then the software filters of its video input category.
_POWERSHELL = r"""
[Console]::OutputEncoding = [Text.Encoding]::UTF8
$hardware = Get-CimInstance Win32_PnPEntity -Filter `
  "Present=TRUE AND (PNPClass='Camera' OR (PNPClass='Image' AND Service='usbvideo'))" |
  ForEach-Object { @{name=$_.Name; id=$_.PNPDeviceID; software=$false} }
$filters = 'HKLM:\SOFTWARE\Classes\CLSID\{860BB310-5D01-11d0-BD3B-00A0C911CE86}\Instance\*'
$software = Get-ItemProperty $filters -ErrorAction SilentlyContinue |
  ForEach-Object { @{name=$_.FriendlyName; id=$_.CLSID; software=$true} }
ConvertTo-Json -Compress -InputObject @(@($hardware) + @($software) | Where-Object { $_ })
"""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """One camera of this computer.

    Attributes:
        index: Its number for OpenCV; on Linux N of `/dev/videoN`. Changes when cameras are
            plugged in or unplugged.
        name: The maker's name for it.
        path: A stable identifier: `/dev/v4l/by-id/...` (or else `/dev/videoN`) on Linux, the
            unique or device id on macOS and Windows.
        virtual: Whether a program feeds it (v4l2loopback, OBS, Unity Capture, our own).
        capture: Whether it delivers pictures; metadata nodes do not.
        infrared: Whether its pictures have no colours, as those of a camera for logging in.
    """

    index: int
    name: str
    path: str
    virtual: bool = False
    capture: bool = True
    infrared: bool = False

    def __post_init__(self) -> None:
        if not self.virtual:  # a telephone is called after its owner, and a path has its number
            keep_out(self.name, "" if self.path.startswith("/dev/video") else Path(self.path).name)

    @property
    def usable(self) -> bool:
        """Whether it can be a source: a real camera that delivers pictures."""
        return self.capture and not self.virtual

    @property
    def spec(self) -> str:
        """The name by which `open_source` opens this camera, even if its number changes."""
        return f"webcam:{self.path or self.index}"

    @property
    def description(self) -> str:
        """Its name, and whether it is infrared."""
        return f"{self.name}, infrared" if self.infrared else self.name

    def __str__(self) -> str:
        return f"{self.index} ({self.name})"


def default_cameras(cameras: Iterable[CameraInfo]) -> list[CameraInfo]:
    """The cameras that may be used where the user names none.

    Returns:
        The usable ones, in their order: those with colours, or else the infrared ones.
    """
    usable = [camera for camera in cameras if camera.usable]
    return [camera for camera in usable if not camera.infrared] or usable


def list_cameras(root: Path = Path("/")) -> list[CameraInfo]:
    """List the cameras of this computer, including virtual ones and metadata nodes.

    On Linux each video node is asked for its capabilities and pixel formats (VIDIOC_QUERYCAP,
    VIDIOC_ENUM_FMT), which works while another program uses it. Elsewhere, and without permission
    to ask, an infrared camera is known by its name. macOS and Windows are asked through
    `system_profiler` and PowerShell. The numbers follow OpenCV's order: on macOS sorted by unique
    id (`cap_avfoundation_mac.mm`), on Windows hardware before software, which is usual but not
    guaranteed.

    Args:
        root: The folder that contains `sys` and `dev`, on Linux.

    Returns:
        The cameras, sorted by index; empty, with a warning in the log, if the system gives no
        answer.
    """
    if sys.platform == "darwin":
        return _parsed(_output_of("system_profiler", "SPCameraDataType", "-json"), _parse_macos)
    if sys.platform == "win32":
        shell = ("powershell", "-NoProfile", "-NonInteractive", "-Command", _POWERSHELL)
        return _parsed(_output_of(*shell), _parse_windows)
    return _list_linux(root)


def camera_nodes(root: Path = Path("/")) -> list[str]:
    """A value that changes whenever cameras come or go, which tells when to list them again.

    It costs almost nothing and, unlike listing, does not wake sleeping cameras.

    Args:
        root: The folder that contains `dev`.

    Returns:
        On Linux the paths of all video devices; elsewhere an empty list, as there are no such
        files.
    """
    nodes = [*root.glob("dev/video*"), *root.glob("dev/v4l/by-id/*")]
    return sorted(str(node) for node in nodes)


def _list_linux(root: Path) -> list[CameraInfo]:
    nodes = [p for p in root.glob("dev/video*") if p.name[5:].isdecimal()]
    by_id = {p.resolve().name: p for p in sorted(root.glob("dev/v4l/by-id/*"))}
    cameras = [_linux_camera(root, node, by_id.get(node.name, node)) for node in nodes]
    return sorted(cameras, key=lambda camera: camera.index)


def _linux_camera(root: Path, node: Path, stable_path: Path) -> CameraInfo:
    sysfs = root / "sys/class/video4linux" / node.name
    capability = _query_capability(node)
    name = _read_line(sysfs / "name") or (capability.card if capability else node.name)
    virtual = sysfs.resolve().is_relative_to((root / "sys/devices/virtual").resolve())
    virtual = virtual or bool(_VIRTUAL_NAME.search(name))
    if capability:
        virtual = virtual or capability.driver.startswith("v4l2 loopback")
        capture = capability.capture
    else:  # without permission, assume that a camera's first node delivers its pictures
        capture = _read_line(sysfs / "index") in ("", "0")
    infrared = bool(_INFRARED_NAME.search(name) or (capability and capability.colorless))
    return CameraInfo(int(node.name[5:]), name, str(stable_path), virtual, capture, infrared)


class _Capability(NamedTuple):
    driver: str
    card: str
    capture: bool
    colorless: bool = False


def _query_capability(node: Path) -> _Capability | None:
    import fcntl

    reply = bytearray(_CAPABILITY.size)
    try:
        descriptor = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.ioctl(descriptor, _QUERYCAP, reply)
        return _parse_capability(bytes(reply))._replace(
            colorless=_are_colorless(_pixel_formats(descriptor))
        )
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _pixel_formats(descriptor: int) -> Iterator[str]:
    """The four-character codes of the formats in which a device delivers pictures."""
    import fcntl

    for kind in _CAPTURE_TYPES:
        with suppress(OSError):  # there are no more of this kind
            for index in range(_MOST_FORMATS):
                reply = bytearray(_FORMAT.pack(index, kind, 0, b"", b""))
                fcntl.ioctl(descriptor, _ENUM_FMT, reply)
                yield _FORMAT.unpack(reply)[4].decode("latin-1").strip()


def _are_colorless(formats: Iterable[str]) -> bool:
    """Whether there are formats, and none of them has colours."""
    found = set(formats)
    return bool(found) and found <= _COLORLESS


def _parse_capability(reply: bytes) -> _Capability:
    driver, card, _, _, capabilities, device_capabilities = _CAPABILITY.unpack(reply)
    flags = device_capabilities if capabilities & _CAP_DEVICE_CAPS else capabilities
    return _Capability(_text(driver), _text(card), bool(flags & _CAP_VIDEO_CAPTURE))


def _text(raw: bytes) -> str:
    return printable(raw.split(b"\0", 1)[0].decode("utf-8", "replace"))


def _read_line(path: Path) -> str:
    try:
        return printable(path.read_text(encoding="utf-8", errors="replace").strip())
    except OSError:
        return ""


def _output_of(*command: str) -> str:
    output = output_of(*command)
    if output is None:
        _log.warning("cameras cannot be listed: %s did not answer", command[0])
    return output or ""


def _parsed(text: str, parse: Callable[[Any], list[CameraInfo]]) -> list[CameraInfo]:
    """What a program printed as JSON; empty, with a warning in the log, if it cannot be read."""
    try:
        return parse(json.loads(text)) if text else []
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
        _log.warning("cameras cannot be listed: unexpected answer (%s)", type(error).__name__)
        return []


def _parse_macos(answer: Any) -> list[CameraInfo]:
    entries = answer.get("SPCameraDataType", [])
    found = sorted(
        (str(entry.get("spcamera_unique-id", "")), printable(str(entry.get("_name", "camera"))))
        for entry in entries
    )
    return [
        CameraInfo(
            index,
            name,
            unique_id,
            bool(_VIRTUAL_NAME.search(name)),
            infrared=bool(_INFRARED_NAME.search(name)),
        )
        for index, (unique_id, name) in enumerate(found)
    ]


def _parse_windows(answer: Any) -> list[CameraInfo]:
    return [
        CameraInfo(
            index,
            printable(str(entry["name"] or "camera")),
            str(entry["id"] or ""),
            bool(entry["software"] or _VIRTUAL_NAME.search(str(entry["name"] or ""))),
            infrared=bool(_INFRARED_NAME.search(str(entry["name"] or ""))),
        )
        for index, entry in enumerate(answer)
    ]
