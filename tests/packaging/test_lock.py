"""`pyproject.toml`, `uv.lock` and the files that pip installs from say the same.

After a change of dependencies `make lock` makes them agree.
"""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name, parse_wheel_filename

from tests.packaging.locked import (
    EXTRAS,
    GROUPS,
    LOCK,
    PYPROJECT,
    REPOSITORY,
    locked,
    needed,
    pinned_lines,
    pins,
    requirements_of,
    wheels_of,
)

FILES = [*EXTRAS, *GROUPS]
CUDA = re.compile(r"cuda|nvidia|triton")
PLATFORMS = {
    "linux": "manylinux.*_x86_64",
    "darwin": "macosx_.*_(arm64|universal2)",
    "win32": "win_amd64",
}


def test_the_lock_is_of_the_dependencies_that_are_declared():
    project = PYPROJECT["project"]
    declared = {as_locked(line) for line in project["dependencies"]}
    for extra, lines in project["optional-dependencies"].items():
        declared |= {as_locked(line, f"extra == '{extra}'") for line in lines}
    (ours,) = (p for p in LOCK["package"] if p["name"] == "emotion-overlay")
    metadata = ours["metadata"]

    assert {as_dict(entry) for entry in metadata["requires-dist"]} == declared
    for group, lines in PYPROJECT["dependency-groups"].items():
        wanted = {as_locked(line) for line in lines}
        assert {as_dict(entry) for entry in metadata["requires-dev"][group]} == wanted


def as_locked(line: str, condition: str = "") -> tuple[str, str, SpecifierSet]:
    """A line of `pyproject.toml` as name, marker and range."""
    requirement = Requirement(line)
    markers = [str(requirement.marker).replace('"', "'") if requirement.marker else "", condition]
    return (
        canonicalize_name(requirement.name),
        " and ".join(filter(None, markers)),
        requirement.specifier,
    )


def as_dict(entry: dict[str, str]) -> tuple[str, str, SpecifierSet]:
    """The same of an entry of the lock."""
    return entry["name"], entry.get("marker", ""), SpecifierSet(entry["specifier"])


def test_the_lock_is_of_the_pythons_that_are_declared():
    declared = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert SpecifierSet(LOCK["requires-python"]) == declared


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_everything_that_its_extras_need_and_nothing_else(file):
    expected = needed(file)
    if file == "test.txt":  # PyTorch comes from torch-cpu.txt
        expected = {pin for pin in expected if pin[0] != "torch" and not CUDA.search(pin[0])}
    assert set(pins(file)) == expected


@pytest.mark.parametrize("file", FILES)
def test_each_package_has_the_hashes_of_the_lock(file):
    for pin, hashes in pins(file).items():
        assert hashes, pin
        assert hashes == locked()[pin], pin


@pytest.mark.parametrize("file", FILES)
def test_each_pin_is_within_the_range_that_is_declared(file):
    versions: dict[str, list[str]] = {}
    for name, version in pins(file):
        versions.setdefault(name, []).append(version)
    for requirement in requirements_of(file):
        if (file, requirement.name) != ("test.txt", "torch"):
            for version in versions[canonicalize_name(requirement.name)]:
                assert version in requirement.specifier, requirement


def test_pytorch_for_the_tests_is_the_locked_release_without_cuda():
    (version,) = (version for name, version in locked() if name == "torch")
    hashes = pins("torch-cpu.txt")

    assert set(hashes) == {("torch", f"{version}+cpu"), ("torch", version)}
    assert hashes["torch", version] < locked()["torch", version]
    assert not hashes["torch", f"{version}+cpu"] & locked()["torch", version]


@pytest.mark.parametrize("python", [11, 12, 13, 14])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_package_has_a_wheel_for_every_platform_and_python(platform, python):
    environment = {"sys_platform": platform, "python_full_version": f"3.{python}.0"}
    requirements = pinned_lines("test.txt")
    assert len(requirements) > 50
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            wheels = wheels_of(canonicalize_name(requirement.name), pin.version)
            tags = [tag for file in wheels for tag in parse_wheel_filename(file)[3]]
            assert any(fits(tag, platform, python) for tag in tags), requirement


def fits(tag: Tag, platform: str, python: int) -> bool:
    """Whether a wheel's tag is for a platform and for Python 3.`python`."""
    version = re.fullmatch(r"cp3(\d+)", tag.interpreter)
    stable = tag.abi == "abi3" and version is not None and int(version[1]) <= python
    right_python = tag.interpreter == "py3" or tag.abi == f"cp3{python}" or stable
    return right_python and bool(re.fullmatch(f"any|{PLATFORMS[platform]}", tag.platform))


def test_nothing_is_locked_that_does_not_come_from_pypi():
    sources = {str(package["source"]) for package in LOCK["package"]}
    assert sources == {"{'editable': '.'}", "{'registry': 'https://pypi.org/simple'}"}
    text = (REPOSITORY / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r'url = "(https?://[^/]+/)', text)) == {"https://files.pythonhosted.org/"}
