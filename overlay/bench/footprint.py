"""What each installed package costs on disk."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import overlay

_NAME = re.compile(r"^[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    Attributes:
        name: As on the Python Package Index.
        version: Installed version.
        megabytes: Size of its files, in 10^6 bytes.
        needed_by: Who requires it.
    """

    name: str
    version: str
    megabytes: float
    needed_by: tuple[str, ...]


def footprint() -> list[Package]:
    """Every installed package that the application requires, largest first."""
    needed_by: dict[str, set[str]] = {}
    found: dict[str, Distribution] = {}
    waiting = [("emotion-overlay", each) for each in _own_requirements()]
    while waiting:
        parent, requirement = waiting.pop()
        match = _NAME.match(requirement)
        if match is None or "extra ==" in requirement:
            continue
        name = _canonical(match[0])
        needed_by.setdefault(name, set()).add(parent)
        if name in found:
            continue
        with suppress(PackageNotFoundError):  # for another platform or version of Python
            found[name] = distribution(name)
            waiting += [(name, each) for each in found[name].requires or []]
    packages = [
        Package(name, each.version, _size(each) / 1e6, tuple(sorted(needed_by[name])))
        for name, each in found.items()
    ]
    return sorted(packages, key=lambda package: -package.megabytes)


def _own_requirements() -> list[str]:
    try:
        return distribution("emotion-overlay").requires or []
    except PackageNotFoundError:  # in a checkout that nobody installed
        import tomlkit

        text = (Path(overlay.__file__).parent.parent / "pyproject.toml").read_text("utf-8")
        return list(tomlkit.parse(text).unwrap()["project"]["dependencies"])


def _size(package: Distribution) -> int:
    total = 0
    for file in package.files or []:
        with suppress(OSError):  # listed, but deleted since
            total += os.stat(str(package.locate_file(file))).st_size
    return total


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
