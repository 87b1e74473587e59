"""`pyproject.toml`, `uv.lock` and the files in `requirements/`, read without uv."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))

#: The extras of the application that each file is for.
EXTRAS = {
    "app.txt": {"desktop"},
    "test.txt": {"desktop", "test", "train"},
    "train.txt": {"train"},
    "docs.txt": {"docs"},
}
#: The dependency group that each of the other files is for.
GROUPS = {"build.txt": "build", "dev.txt": "dev"}

#: What a package comes to: its name and its version.
Pin = tuple[str, str]


def requirements_of(file: str) -> list[Requirement]:
    """What `pyproject.toml` asks for and the file has to have."""
    if file in GROUPS:
        lines = PYPROJECT["dependency-groups"][GROUPS[file]]
    else:
        project = PYPROJECT["project"]
        lines = list(project["dependencies"])
        for extra in EXTRAS[file]:
            lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def pins(file: str) -> dict[Pin, set[str]]:
    """The hashes of every package that a file pins."""
    text = (REPOSITORY / "requirements" / file).read_text(encoding="utf-8")
    entries = re.findall(r"^([\w.-]+)==([^ ;]+)(.*(?:\n    --hash=.*)*)", text, re.MULTILINE)
    return {
        (canonicalize_name(name), version): set(re.findall(r"sha256:\w+", rest))
        for name, version, rest in entries
    }


def pinned_lines(file: str) -> list[Requirement]:
    """The lines of a file, without the hashes."""
    text = (REPOSITORY / "requirements" / file).read_text(encoding="utf-8")
    entries = re.findall(r"^([\w.-]+==.*?) \\$", text, re.MULTILINE)
    return [Requirement(entry) for entry in entries]


def wheels_of(name: str, version: str) -> list[str]:
    """The file names of a package's wheels in `uv.lock`."""
    (package,) = (p for p in LOCK["package"] if (p["name"], p.get("version")) == (name, version))
    return [unquote(wheel["url"].rpartition("/")[2]) for wheel in package["wheels"]]


def locked() -> dict[Pin, set[str]]:
    """The hashes of every package in `uv.lock`."""
    return {
        (package["name"], package["version"]): {file["hash"] for file in _files(package)}
        for package in LOCK["package"]
        if "version" in package
    }


def needed(file: str) -> set[Pin]:
    """Every package that the file's extras or group come to, followed through `uv.lock`."""
    (project,) = (p for p in LOCK["package"] if p["name"] == "emotion-overlay")
    if file in GROUPS:
        edges = list(project["dev-dependencies"][GROUPS[file]])
    else:
        edges = list(project["dependencies"])
        for extra in EXTRAS[file]:
            edges += project["optional-dependencies"][extra]
    found: dict[tuple[str, str], set[str | None]] = {}
    while edges:
        edge = edges.pop()
        for package in _packages_of(edge):
            seen = found.setdefault((package["name"], package["version"]), set())
            for extra in {None, *edge.get("extra", ())} - seen:
                seen.add(extra)
                more = package.get("optional-dependencies", {}).get(extra, ())
                edges += more if extra else package.get("dependencies", ())
    return set(found)


def _packages_of(edge: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of a name and, where the edge has one, of its version."""
    named = [package for package in LOCK["package"] if package["name"] == edge["name"]]
    return [p for p in named if p["version"] == edge.get("version", p["version"])]


def _files(package: dict[str, Any]) -> list[dict[str, Any]]:
    sdist = [package["sdist"]] if "sdist" in package else []
    return sdist + package.get("wheels", [])
