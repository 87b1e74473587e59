"""How this copy of the application came onto the machine, and from which commit it was built."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from overlay import __version__
from overlay.host.programs import output_of
from overlay.host.resources import models_dir
from overlay.json_object import parse_object
from overlay.language import N_

_PACKAGE = Path(__file__).resolve().parent

#: Written into wheels and bundles when they are built: `{"commit": "..."}`.
_BUILD = _PACKAGE / "build.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """One way of installing the application, in English; `_` translates what is not a command.

    Attributes:
        name: For people, after "installed".
        update: How to get a newer version.
        repair: How to install the same version again.
        uninstall: How to remove it; none of them deletes recordings and settings.
    """

    name: str
    update: str
    repair: str
    uninstall: str


_INSTALLATIONS = {
    "deb": Installation(
        N_("as a Debian package"),
        "sudo apt install ./emotion-overlay_VERSION_amd64.deb",
        "sudo apt install --reinstall ./emotion-overlay_VERSION_amd64.deb",
        "sudo apt remove emotion-overlay",
    ),
    "rpm": Installation(
        N_("as an RPM package"),
        "sudo dnf install ./emotion-overlay-VERSION.x86_64.rpm",
        "sudo dnf reinstall ./emotion-overlay-VERSION.x86_64.rpm",
        "sudo dnf remove emotion-overlay",
    ),
    "tarball": Installation(
        N_("from a tar archive"),
        N_("unpack the new archive and run its install.sh"),
        N_("unpack the archive again and run its install.sh"),
        "run install.sh --remove of the archive",
    ),
    "windows": Installation(
        N_("with the installer for Windows"),
        N_("download the new installer and run it"),
        N_("run the installer again"),
        "Settings > Apps > Installed apps > Emotion Overlay > Uninstall",
    ),
    "macos": Installation(
        N_("as an application for macOS"),
        N_("open the new disk image and drag Emotion Overlay into Applications"),
        N_("drag Emotion Overlay from its disk image into Applications again"),
        "drag Emotion Overlay from Applications to the Bin",
    ),
    "uv": Installation(
        N_("with uv"),
        "uv tool install --force 'emotion_overlay-VERSION-py3-none-any.whl[desktop]'",
        "uv tool upgrade --reinstall emotion-overlay",
        "uv tool uninstall emotion-overlay",
    ),
    "pipx": Installation(
        N_("with pipx"),
        "pipx install --force 'emotion_overlay-VERSION-py3-none-any.whl[desktop]'",
        "pipx reinstall emotion-overlay",
        "pipx uninstall emotion-overlay",
    ),
    "checkout": Installation(
        N_("from a checkout of the repository"),
        N_("git pull, then make run"),
        N_("make clean, then make run"),
        "delete the folder of the checkout",
    ),
    "pip": Installation(
        N_("with pip"),
        "python -m pip install 'emotion_overlay-VERSION-py3-none-any.whl[desktop]'",
        "python -m pip install --force-reinstall "
        "'emotion_overlay-VERSION-py3-none-any.whl[desktop]'",
        "python -m pip uninstall emotion-overlay",
    ),
}


def find_installation() -> Installation:
    """How the running application was installed."""
    return _INSTALLATIONS[_kind(Path(sys.executable).resolve(), Path(sys.prefix), _PACKAGE)]


def describe_version() -> str:
    """One line with the version, the commit, if it is known, and the model.

    For example `emotion-overlay 0.1.0, commit 0123456, model emotion 0.1.0`.
    """
    parts = [f"emotion-overlay {__version__}"]
    if commit := _commit():
        parts.append(f"commit {commit}")
    try:
        model = parse_object((models_dir() / "emotion.json").read_bytes())
        parts.append(f"model {model['name']} {model['version']}")
    except (OSError, ValueError, KeyError):
        parts.append("without a model")
    return ", ".join(parts)


def _kind(executable: Path, prefix: Path, package: Path) -> str:
    """The key in `_INSTALLATIONS`.

    Packages put a file `package` with their kind beside the program; uv and pipx leave a note of
    their own in the virtual environment.
    """
    note = executable.with_name("package")
    if note.is_file() and (kind := note.read_text("utf-8").strip()) in _INSTALLATIONS:
        return kind
    if getattr(sys, "frozen", False):
        return "macos" if sys.platform == "darwin" else "tarball"
    if (prefix / "uv-receipt.toml").exists():
        return "uv"
    if (prefix / "pipx_metadata.json").exists():
        return "pipx"
    return "checkout" if (package.parent / "pyproject.toml").exists() else "pip"


def _commit() -> str | None:
    """The commit, shortened; git only reads here, and runs nothing that the checkout names."""
    if _BUILD.exists():
        return str(parse_object(_BUILD.read_bytes())["commit"])
    repository = _PACKAGE.parent / ".git"
    if not repository.exists():
        return None
    commit = output_of("git", f"--git-dir={repository}", "rev-parse", "--short", "HEAD")
    return commit.strip() if commit else None
