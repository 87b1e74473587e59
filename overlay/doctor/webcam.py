"""Whether there is a webcam, and whether this application can use it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from overlay.doctor.devices import holders, is_busy
from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.language import N_, _

if TYPE_CHECKING:
    from overlay.sources import CameraInfo

_CHECK = "webcam"
_ALLOW = {
    "darwin": N_(
        "System Settings > Privacy & Security > Camera: allow the program you start Emotion "
        "Overlay from, then start it again"
    ),
    "win32": N_(
        "Settings > Privacy & security > Camera: allow camera access, including for desktop apps"
    ),
}
_PLUG_IN = N_(
    "plug one in; on a laptop, look for a camera switch or key; in a virtual machine, pass the "
    "camera through to it (meanwhile `emotion-overlay run --source demo` works)"
)

# Where Windows records which program uses the camera.
_CONSENT = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"


def check_webcam(machine: Machine) -> Finding:
    """Whether at least one webcam can be used now."""
    if _forbidden(machine):
        message = _("this system does not allow the application to use the camera")
        return Finding(_CHECK, "problem", message, _(_ALLOW[machine.system]))
    from overlay.sources import default_cameras

    cameras = machine.cameras()
    candidates = default_cameras(cameras)
    if not candidates:
        return _none_usable(cameras)
    findings = [_examine(camera, machine) for camera in candidates]
    return next((finding for finding in findings if finding.state == "ok"), findings[0])


def _none_usable(cameras: list[CameraInfo]) -> Finding:
    if not cameras:
        return Finding(_CHECK, "problem", _("no webcam was found"), _(_PLUG_IN))
    names = ", ".join(dict.fromkeys(camera.name for camera in cameras))
    message = _("there are only virtual cameras ({names})").format(names=names)
    return Finding(_CHECK, "problem", message, _(_PLUG_IN))


def _examine(camera: CameraInfo, machine: Machine) -> Finding:
    if machine.system == "linux":
        return _examine_linux(camera, machine.root / "proc")
    users = _windows_users(machine) if machine.system == "win32" else []
    if users:
        return _in_use(camera, ", ".join(users), _("close {program}").format(program=users[0]))
    return Finding(_CHECK, "ok", _("camera {camera} is connected").format(camera=camera))


def _examine_linux(camera: CameraInfo, proc: Path) -> Finding:
    node = Path(camera.path)
    if not os.access(node, os.R_OK | os.W_OK):
        message = _("no permission to use camera {camera}").format(camera=camera)
        fix = _("{command}, then log in again").format(command="sudo usermod -aG video $USER")
        return Finding(_CHECK, "problem", message, fix)
    if not is_busy(node, proc):
        return Finding(
            _CHECK, "ok", _("camera {camera} is connected and free").format(camera=camera)
        )
    users = holders(node, proc)
    if any(user.ours for user in users):
        return Finding(
            _CHECK, "ok", _("camera {camera} is in use by this application").format(camera=camera)
        )
    if users:
        who = ", ".join(map(str, users))
        return _in_use(camera, who, _("close {program}").format(program=users[0].name))
    fix = _("find it with `sudo fuser -v {node}`").format(node=os.path.realpath(node))
    return _in_use(camera, _("another user's program"), fix)


def _in_use(camera: CameraInfo, program: str, fix: str) -> Finding:
    message = _("camera {camera} is in use by {program}").format(camera=camera, program=program)
    return Finding(_CHECK, "problem", message, fix)


def _forbidden(machine: Machine) -> bool:
    if machine.system == "darwin":
        return _denied_by_macos()
    if machine.system == "win32":
        keys = (rf"HKLM\{_CONSENT}", rf"HKCU\{_CONSENT}", rf"HKCU\{_CONSENT}\NonPackaged")
        answers = (machine.output_of("reg", "query", key, "/v", "Value") for key in keys)
        return any(re.search(r"REG_SZ\s+Deny\b", answer or "") for answer in answers)
    return False


def _denied_by_macos() -> bool:
    """Ask AVFoundation, which does not make macOS prompt the user.

    https://developer.apple.com/documentation/avfoundation/avcapturedevice/authorizationstatus(for:)
    """
    try:
        import objc  # comes with pystray on macOS
    except ImportError:
        return False
    framework = "/System/Library/Frameworks/AVFoundation.framework"
    objc.loadBundle("AVFoundation", {}, framework)
    device = objc.lookUpClass("AVCaptureDevice")
    restricted, denied = 1, 2
    return device.authorizationStatusForMediaType_("vide") in (restricted, denied)


def _windows_users(machine: Machine) -> list[str]:
    """The programs that are using a camera: those that have started and not stopped.

    The key of a desktop program is its path with `#` in place of backslashes.
    """
    listing = machine.output_of("reg", "query", rf"HKCU\{_CONSENT}", "/s") or ""
    users = []
    program = ""
    for line in listing.splitlines():
        if line.startswith("HKEY_"):
            program = re.split(r"[\\#]", line)[-1]
        elif re.search(r"LastUsedTimeStop\s+REG_QWORD\s+0x0$", line.rstrip()):
            users.append(program)
    return [user for user in users if not user.lower().startswith(("python", "emotion-overlay"))]
