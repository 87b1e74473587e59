"""Locks the dependencies of `pyproject.toml` and writes what pip installs from the lock.

    python requirements/lock.py [--upgrade] [--upgrade-package NAME] ...        or    make lock

`uv.lock` covers every extra, platform and Python that is supported. The files written beside this
one are the same in pip's own format, with the hash of every file:

    build.txt      the build backend
    app.txt        the application
    test.txt       the application, its tests and training, without PyTorch
    torch-cpu.txt  PyTorch without CUDA, for the tests
    train.txt      the application and training, with PyTorch from PyPI (CUDA on Linux)
    web.txt        the application on a server with Streamlit, for web/Dockerfile
    docs.txt       the application and what builds the documentation
    bundle.txt     the application for people without Python, and what builds it
    dev.txt        what a maintainer needs besides

Needs uv and PyPI; and PyTorch's own index if the locked release of PyTorch changes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
TORCH_INDEX = "https://download.pytorch.org/whl/cpu"

# What only PyTorch for CUDA brings. tests/packaging checks that nothing of the kind remains.
CUDA = [
    *("cuda-bindings", "cuda-toolkit", "nvidia-cudnn-cu13", "nvidia-cusparselt-cu13"),
    *("nvidia-nccl-cu13", "nvidia-nvshmem-cu13", "triton"),
]

# What MediaPipe requires for parts of it that are never used, and the larger OpenCV.
NOT_IN_BUNDLE = ["matplotlib", "opencv-contrib-python", "sounddevice"]
# What neither the application on a server nor Streamlit imports.
ON_DESKTOPS = [
    *("opencv-contrib-python", "matplotlib", "pydeck", "gitpython", "sounddevice"),
    *("pystray", "python-xlib", "pyvirtualcam"),
]

EXPORTS = {
    "build.txt": ["--only-group", "build"],
    "app.txt": ["--extra", "desktop"],
    "test.txt": [
        *("--extra", "desktop", "--extra", "test", "--extra", "train"),
        *("--no-emit-package", "torch"),
        *(word for name in CUDA for word in ("--prune", name)),
    ],
    "train.txt": ["--extra", "train"],
    "web.txt": [
        *("--extra", "web", "--group", "server"),
        *(word for name in ON_DESKTOPS for word in ("--prune", name)),
    ],
    "docs.txt": ["--extra", "docs"],
    "bundle.txt": [
        *("--extra", "desktop", "--extra", "class"),
        *("--group", "build", "--group", "bundle"),
        *(word for name in NOT_IN_BUNDLE for word in ("--prune", name)),
    ],
    "dev.txt": ["--only-group", "dev"],
}


def main(arguments: list[str]) -> None:
    """Lock, then write every file."""
    _uv("lock", *arguments)
    for name, selection in EXPORTS.items():
        (HERE / name).write_text(_header(name) + export(selection), encoding="utf-8")
    _write_torch_cpu(HERE / "torch-cpu.txt")


def export(selection: list[str]) -> str:
    """The requirements that a selection of extras and groups comes to, with hashes."""
    return _uv(
        "export",
        *("--frozen", "--quiet", "--format", "requirements.txt", "--no-header"),
        *("--no-emit-project", "--no-default-groups"),
        *selection,
    )


def _uv(*arguments: str) -> str:
    command = ["uv", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _header(name: str) -> str:
    return f"# requirements/{name}: written by `make lock` from uv.lock; do not edit.\n"


def _write_torch_cpu(path: Path) -> None:
    """Write PyTorch's CPU builds: its own index's for Linux, PyPI's for the other systems."""
    lock = tomllib.loads((REPOSITORY / "uv.lock").read_text(encoding="utf-8"))
    (torch,) = (package for package in lock["package"] if package["name"] == "torch")
    linux = f"torch=={torch['version']}+cpu"
    hashes = _hashes_of(linux, path)
    others = [w["hash"] for w in torch["wheels"] if re.search(r"macosx|win_amd64", w["url"])]
    path.write_text(
        _header(path.name)
        + _requirement(f"{linux} ; sys_platform == 'linux'", hashes)
        + _requirement(f"torch=={torch['version']} ; sys_platform != 'linux'", others),
        encoding="utf-8",
    )


def _hashes_of(requirement: str, path: Path) -> list[str]:
    """The hashes of a release in PyTorch's index, or those already in `path` for the same."""
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    if f"\n{requirement} ;" in known:
        block = known.split(f"\n{requirement} ;")[1].split("\ntorch==")[0]
        return re.findall(r"sha256:\w+", block)
    done = subprocess.run(
        [
            *("uv", "pip", "compile", "-", "--quiet", "--no-deps", "--generate-hashes"),
            *("--universal", "--no-config", "--default-index", TORCH_INDEX),
        ],
        input=requirement,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{TORCH_INDEX} must be reached to learn the hashes of {requirement}")
    return re.findall(r"sha256:\w+", done.stdout)


def _requirement(line: str, hashes: list[str]) -> str:
    return " \\\n    ".join([line, *(f"--hash={value}" for value in sorted(hashes))]) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
