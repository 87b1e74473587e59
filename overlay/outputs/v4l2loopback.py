"""Finds what a virtual camera on Linux is missing, from the traces of each step of its set-up.

They are traces of the kernel module v4l2loopback (https://github.com/umlaeute/v4l2loopback).
"""

from __future__ import annotations

import os
import platform
import shlex
from pathlib import Path
from typing import NamedTuple

from overlay.host.resources import virtual_camera_script
from overlay.language import LazyText
from overlay.printable import printable

#: The camera's name in the call, where we can choose it.
CAMERA_LABEL = "Emotion Overlay"

LOAD = f'sudo modprobe v4l2loopback exclusive_caps=1 card_label="{CAMERA_LABEL}"'
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
INSTALL = f"sudo {shlex.quote(str(virtual_camera_script()))}"


class Obstacle(NamedTuple):
    """Why a virtual camera cannot be used.

    Attributes:
        problem: What is wrong, one line without a full stop.
        fix: The command that fixes it.
    """

    problem: LazyText
    fix: LazyText | str


def loopback_nodes(root: Path = Path("/")) -> dict[str, str]:
    """The v4l2loopback devices, node to label; only they have a `max_openers` attribute.

    Args:
        root: The folder that contains `sys`.
    """
    found = {}
    devices = root.glob("sys/devices/virtual/video4linux/video*")
    numbered = [device for device in devices if device.name[5:].isdecimal()]
    for entry in sorted(numbered, key=_number):
        if (entry / "max_openers").exists():
            found[f"/dev/{entry.name}"] = _read(entry / "name")
    return found


def find_obstacle(device: str | None = None, root: Path = Path("/")) -> Obstacle | None:
    """Find the first step of the set-up that is missing.

    It cannot tell whether another program is using the camera.

    Args:
        device: The device node that is wanted; any if not given.
        root: The folder that contains `sys`, `dev` and `lib`.

    Returns:
        What is wrong, or None if the camera can be used.
    """
    loopbacks = loopback_nodes(root)
    if not loopbacks and not (root / "sys/module/v4l2loopback").exists():
        if not _module_installed(root):
            return Obstacle(LazyText("the kernel module v4l2loopback is not installed"), INSTALL)
        return Obstacle(LazyText("v4l2loopback is installed but not loaded"), LOAD)
    if device is not None and device not in loopbacks:
        known = ", ".join(loopbacks) or LazyText("none")
        return Obstacle(
            LazyText("there is no {device}, only {others}", device=device, others=known), RELOAD
        )
    present = [node for node in loopbacks if (root / node.lstrip("/")).exists()]
    if not present:
        return Obstacle(LazyText("v4l2loopback is loaded without a device"), RELOAD)
    if not any(os.access(root / node.lstrip("/"), os.R_OK | os.W_OK) for node in present):
        return Obstacle(
            LazyText("no permission to use {devices}", devices=", ".join(present)),
            LazyText("{command}, then log in again", command="sudo usermod -aG video $USER"),
        )
    return None


def exclusive(node: str, root: Path = Path("/")) -> bool | None:
    """Whether a device was created with `exclusive_caps=1`, without which Chrome does not list it.

    Args:
        node: One of `loopback_nodes`.
        root: The folder that contains `sys`.

    Returns:
        None if the module does not tell, as for devices added later with v4l2loopback-ctl, which
        have a setting of their own.
    """
    values = _parameter(root, "exclusive_caps")
    numbers = _parameter(root, "video_nr")
    number = str(_number(Path(node)))
    if number in numbers:
        position = numbers.index(number)
    else:  # numbered by the kernel, in the order of creation
        position = list(loopback_nodes(root)).index(node)
    return values[position] == "Y" if position < len(values) else None


def opened_by_others(root: Path = Path("/")) -> int | None:
    """How many times other programs have v4l2loopback devices open, over all devices.

    The kernel counts one use of the module for every open file of any user, so this includes
    programs that this user may not inspect.

    Args:
        root: The folder that contains `sys` and `proc`.

    Returns:
        None if the module does not tell.
    """
    try:
        uses = int((root / "sys/module/v4l2loopback/refcnt").read_text())
    except (OSError, ValueError):
        return None
    nodes = set(loopback_nodes(root))
    ours = sum(_target(entry) in nodes for entry in (root / "proc/self/fd").iterdir())
    return max(uses - ours, 0)


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:  # closed in the meantime
        return ""


def _parameter(root: Path, name: str) -> list[str]:
    text = _read(root / "sys/module/v4l2loopback/parameters" / name)
    return text.split(",") if text else []


def _read(path: Path) -> str:
    """What a file of one line says; empty if it is not there, or no longer."""
    try:
        return printable(path.read_text(encoding="utf-8", errors="replace").strip())
    except OSError:
        return ""


def _number(node: Path) -> int:
    return int(node.name.removeprefix("video"))


def _module_installed(root: Path) -> bool:
    modules = root / "lib/modules" / platform.release()
    return any(modules.glob("**/v4l2loopback.ko*"))
