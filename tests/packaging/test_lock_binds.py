"""What `make` installs does not change when an index offers something newer, or something else."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.locked import PYPROJECT, REPOSITORY, pins

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: needs make")

DRY = ["--dry-run", "--ignore-installed", "--report", "-"]


def make_wheel(folder: Path, name: str, version: str) -> None:
    """The smallest wheel that pip installs."""
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        for file, text in metadata.items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)


def newest_admitted(requirement: Requirement) -> str:
    """A version that no real release will reach, within the range."""
    for bound in requirement.specifier:
        if bound.operator == "<":
            *front, last = (int(part) for part in bound.version.split("."))
            return ".".join(map(str, [*front, last - 1, 9999]))
    return "9999"


def serve(folder: Path, versions: Iterable[tuple[str, str]]) -> str:
    """A package index of made-up wheels; returns its address."""
    for name, version in versions:
        project = folder / name
        project.mkdir(exist_ok=True)
        make_wheel(project, name, version)
        links = "".join(f'<a href="{file.name}">{file.name}</a>' for file in project.glob("*.whl"))
        (project / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    return folder.as_uri()


@pytest.fixture(scope="module")
def tempting_index(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Offers a higher version of everything, where there is a range one that it admits."""
    declared = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
    admitted = {canonicalize_name(r.name): newest_admitted(r) for r in declared}
    names = {name for file in ("build.txt", "test.txt", "torch-cpu.txt") for name, _ in pins(file)}
    versions = [(name, admitted.get(name, "9999")) for name in sorted(names)]
    return serve(tmp_path_factory.mktemp("index"), versions)


def pip_install(
    *arguments: str, index: str, python: str | Path = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Install, or say what would be, with one more index than the user has."""
    return subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"PIP_EXTRA_INDEX_URL": index},
        capture_output=True,
        text=True,
        check=False,
    )


def chosen(report: str) -> dict[str, str]:
    """The versions in a report of pip."""
    entries: list[dict[str, Any]] = json.loads(report)["install"]
    return {canonicalize_name(e["metadata"]["name"]): e["metadata"]["version"] for e in entries}


def installations() -> list[list[str]]:
    """The arguments with which `make test` calls `pip install` in a new clone."""
    command = ["make", "--dry-run", "--always-make", "VENV=new", "new/.test"]
    said = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=True)
    lines = [line.split("||")[0] for line in said.stdout.splitlines() if "-m pip " in line]
    return [shlex.split(line.partition(" install ")[2]) for line in lines]


def test_every_installation_by_make_checks_hashes_or_is_of_this_project_alone():
    commands = installations()
    assert len(commands) == 4
    for arguments in commands:
        if "--editable" in arguments:
            assert {"--no-deps", "--no-build-isolation", "."} <= set(arguments)
        else:
            assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(arguments)


def test_without_the_lock_the_higher_versions_are_taken(tempting_index):
    """Else the other tests here would show nothing."""
    done = pip_install(
        *DRY, "--no-deps", *PYPROJECT["project"]["dependencies"], index=tempting_index
    )
    assert done.returncode == 0, done.stderr
    taken = chosen(done.stdout)
    assert {name for name, version in taken.items() if "9999" not in version} == {"mediapipe"}


@pytest.mark.parametrize("file", ["app.txt", "test.txt"])
def test_with_the_lock_nothing_changes(tempting_index, file):
    (arguments,) = (a for a in installations() if f"requirements/{file}" in a)
    done = pip_install(*DRY, *arguments, index=tempting_index)
    assert done.returncode == 0, done.stderr
    taken = chosen(done.stdout)
    assert set(taken.items()) <= set(pins("test.txt")) | set(pins("build.txt"))
    assert {"numpy", "mediapipe", "rich"} <= set(taken)


def test_what_is_installed_is_what_is_locked(tempting_index, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    arguments = ["--no-deps", "--require-hashes", "-r", "requirements/build.txt"]
    done = pip_install(*arguments, index=tempting_index, python=python)
    assert done.returncode == 0, done.stderr
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"], stdout=subprocess.PIPE, check=True
    )
    versions = {(canonicalize_name(p["name"]), p["version"]) for p in json.loads(listed.stdout)}
    assert versions >= set(pins("build.txt"))


def test_another_file_of_the_locked_version_is_refused(tmp_path):
    index = serve(tmp_path, pins("build.txt"))
    arguments = ["--no-deps", "--require-hashes", "-r", "requirements/build.txt"]
    arguments += ["--index-url", index]
    done = pip_install(*DRY, *arguments, index=index)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
