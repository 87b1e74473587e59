"""`pyproject.toml`, `uv.lock` and the files that pip installs from say the same.

After a change of dependencies `make lock` makes them agree.
"""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.packaging.locked import (
    EXTRAS,
    GROUPS,
    LOCK,
    PYPROJECT,
    REPOSITORY,
    locked,
    needed,
    pins,
    requirements_of,
)

FILES = [*EXTRAS, *GROUPS]
CUDA = re.compile(r"cuda|nvidia|triton")
WHEELS = {
    "linux": "manylinux.*x86_64",
    "macos": "macosx.*(arm64|universal2)",
    "windows": "win_amd64",
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


@pytest.mark.parametrize("platform", WHEELS)
def test_every_package_of_the_application_has_a_wheel_for_every_platform(platform):
    elsewhere = {"python-xlib", "colorama"} | {n for n, _ in locked() if n.startswith("pyobjc")}
    for package in LOCK["package"]:
        if (package["name"], package.get("version")) in pins("test.txt"):
            urls = [wheel["url"] for wheel in package["wheels"]]
            fits = any(re.search(f"-none-any|{WHEELS[platform]}", url) for url in urls)
            assert fits or package["name"] in elsewhere, package["name"]


def test_nothing_is_locked_that_does_not_come_from_pypi():
    sources = {str(package["source"]) for package in LOCK["package"]}
    assert sources == {"{'editable': '.'}", "{'registry': 'https://pypi.org/simple'}"}
    text = (REPOSITORY / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r'url = "(https?://[^/]+/)', text)) == {"https://files.pythonhosted.org/"}
