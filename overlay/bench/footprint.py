"""What each installed package costs on disk."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

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


def footprint(root: str = "emotion-overlay") -> list[Package]:
    """The package and everything it requires, largest first; what is not installed is left out."""
    needed_by: dict[str, set[str]] = {_canonical(root): set()}
    found: dict[str, Distribution] = {}
    waiting = [_canonical(root)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        for requirement in found[name].requires or []:
            match = _NAME.match(requirement)
            if match is None or "extra ==" in requirement:
                continue
            needed_by.setdefault(_canonical(match[0]), set()).add(name)
            waiting.append(_canonical(match[0]))
    packages = [
        Package(name, each.version, _size(each) / 1e6, tuple(sorted(needed_by[name])))
        for name, each in found.items()
    ]
    return sorted(packages, key=lambda package: -package.megabytes)


def _size(package: Distribution) -> int:
    total = 0
    for file in package.files or []:
        with suppress(OSError):  # listed, but deleted since
            total += os.stat(str(package.locate_file(file))).st_size
    return total


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
