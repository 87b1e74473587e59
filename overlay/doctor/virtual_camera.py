"""Whether there is a virtual camera that a call can choose and this application can write to."""

from __future__ import annotations

import contextlib
import os
import plistlib
import re
from pathlib import Path

from overlay.doctor.devices import holders
from overlay.doctor.finding import Finding
from overlay.doctor.machine import Machine
from overlay.errors import SettingsError
from overlay.language import N_, _
from overlay.outputs import pipewire, v4l2loopback
from overlay.settings.file import SettingsFile
from overlay.settings.precedence import PREFIX

_CHECK = "virtual-camera"
_GET_OBS = N_("install OBS Studio 30 or newer from obsproject.com")
_START_ONCE = N_(
    "open OBS and click Start Virtual Camera once, then Stop Virtual Camera and quit OBS"
)
_APPROVE = N_(
    "System Settings > General > Login Items & Extensions > Camera Extensions: turn on OBS "
    "(before macOS 15: Privacy & Security > Allow)"
)

#: What Windows calls the cameras that pyvirtualcam can write to.
_WINDOWS_NAMES = ("obs virtual camera", "unity video capture")


def check_virtual_camera(machine: Machine) -> Finding:
    """Whether a virtual camera is installed, loaded, visible to calls, and free."""
    if machine.system == "darwin":
        return _check_macos(machine)
    if machine.system == "win32":
        return _check_windows(machine)
    return _check_linux(machine)


def _problem(message: object, fix: object) -> Finding:
    return Finding(_CHECK, "problem", str(message), str(fix))


def _check_linux(machine: Machine) -> Finding:
    if _chosen_output() == "pipewire":
        obstacle = pipewire.find_obstacle()
        if obstacle:
            return _problem(*obstacle)
        return Finding(_CHECK, "ok", _("a PipeWire camera can be created"))
    obstacle = v4l2loopback.find_obstacle(root=machine.root)
    if obstacle:
        return _problem(*obstacle)
    nodes = v4l2loopback.loopback_nodes(machine.root)
    ours_first = sorted(nodes, key=lambda node: nodes[node] != v4l2loopback.CAMERA_LABEL)
    findings = [_examine_loopback(node, nodes[node], machine) for node in ours_first]
    return next((finding for finding in findings if finding.state == "ok"), findings[0])


def _chosen_output() -> str | None:
    """The output in the user's settings; whether they can be read is another check."""
    with contextlib.suppress(SettingsError):
        chosen = os.environ.get(f"{PREFIX}OUTPUT") or SettingsFile().read().values.get("output")
        return None if chosen is None else str(chosen)
    return None


def _examine_loopback(node: str, label: str, machine: Machine) -> Finding:
    name = f"{node} ({label})"
    if v4l2loopback.exclusive(node, machine.root) is False:
        text = _("{name} was created without exclusive_caps=1, so Chrome and Meet do not list it")
        return _problem(text.format(name=name), v4l2loopback.RELOAD)
    users = holders(machine.root / node.lstrip("/"), machine.root / "proc")
    fed = any(c.capture for c in machine.cameras() if f"/dev/video{c.index}" == node)
    # With exclusive_caps a device says that it captures only while some program feeds it.
    if not (fed and users):
        return Finding(_CHECK, "ok", _("{name} is ready").format(name=name))
    if any(user.ours for user in users):
        return Finding(_CHECK, "ok", _("{name} is in use by this application").format(name=name))
    who = ", ".join(map(str, users))
    problem = _("{name} is in use by {program}").format(name=name, program=who)
    return _problem(problem, _("close {program}").format(program=users[0].name))


def _check_windows(machine: Machine) -> Finding:
    for camera in machine.cameras():
        if camera.name.casefold() in _WINDOWS_NAMES:
            return Finding(_CHECK, "ok", _("{name} is registered").format(name=camera.name))
    fix = _("install OBS Studio 30 or newer from obsproject.com; it includes the virtual camera")
    return _problem(_("OBS Studio's virtual camera is not registered with Windows"), fix)


def _check_macos(machine: Machine) -> Finding:
    version = _obs_version(machine.root)
    if version is None:
        problem = _("OBS Studio, which provides the virtual camera, is not installed")
        return _problem(problem, _(_GET_OBS))
    if int(re.match(r"\d*", version)[0] or 0) < 30:  # type: ignore[index]  # matches always
        text = _("OBS Studio {version} is too old: its virtual camera no longer works")
        return _problem(text.format(version=version), _(_GET_OBS))
    extensions = machine.output_of("systemextensionsctl", "list")
    if extensions is None:
        return Finding(
            _CHECK,
            "warning",
            _(
                "OBS Studio {version} is installed; its camera extension could not be checked"
            ).format(version=version),
        )
    # An update leaves the old version behind as `terminated`, so the last word is not enough.
    states = re.findall(r"com\.obsproject\.\S*camera-extension .*\[(.+)\]", extensions)
    if "activated enabled" in states:
        return Finding(
            _CHECK,
            "ok",
            _("OBS Studio {version} and its camera extension are installed").format(
                version=version
            ),
        )
    if any("waiting for user" in state for state in states):
        return _problem(
            _("OBS Studio's camera extension is waiting for your approval"), _(_APPROVE)
        )
    return _problem(_("OBS Studio's camera extension is not installed yet"), _(_START_ONCE))


def _obs_version(root: Path) -> str | None:
    try:
        content = (root / "Applications/OBS.app/Contents/Info.plist").read_bytes()
        return str(plistlib.loads(content)["CFBundleShortVersionString"])
    except Exception:  # plistlib passes on whatever its parsers raise
        return None
