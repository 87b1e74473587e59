"""Model files: where they lie, whether they are the right ones, and how the detector is obtained.

The running application only ever reads them; `install_detector` is the one place that downloads.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from overlay import resources
from overlay.atomic_file import atomic_write
from overlay.errors import ModelError
from overlay.json_object import parse_object
from overlay.shipped import DETECTOR_SHA256

_INSTALL = "run `emotion-overlay models install`"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model file comes from: a member of a wheel on the Python Package Index.

    Attributes:
        requirement: Pinned requirement, for example `mediapipe==0.10.21`.
        python_version: Python version of the wheel, for example `3.11`.
        platform: Platform tag of the wheel.
        member: Path of the file inside the wheel.
    """

    requirement: str
    python_version: str
    platform: str
    member: str


@dataclass(frozen=True, slots=True)
class DetectorManifest:
    """What `models/detector.json` says about the face detector's model.

    Attributes:
        name: What people call it.
        file: File name.
        bytes: Size of the file.
        sha256: Checksum of the file, hexadecimal.
        licence: SPDX identifier.
        copyright: Who holds the rights.
        origin: Where to get it.
    """

    name: str
    file: str
    bytes: int
    sha256: str
    licence: str
    copyright: str
    origin: Origin


def read_json(path: Path) -> dict[str, Any]:
    """Read a model's JSON description.

    Raises:
        ModelError: The file is missing or is not a JSON object.
    """
    try:
        return parse_object(path.read_bytes())
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"cannot read {path} ({reason}); install the application again") from error
    except ValueError as error:
        raise ModelError(f"{path} is not a JSON object; install the application again") from error


def check_file(path: Path, sha256: str, *, fix: str) -> None:
    """Compare a file with its checksum.

    Args:
        path: The model file.
        sha256: The expected checksum, hexadecimal.
        fix: What the user should do if it does not fit; ends the error message.

    Raises:
        ModelError: The file is missing, unreadable or altered.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"the model {path} is missing; {fix}") from error
    except OSError as error:
        raise ModelError(f"cannot read the model {path} ({error.strerror}); {fix}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelError(f"the model {path} is damaged or was altered (wrong SHA-256); {fix}")


def detector_manifest() -> DetectorManifest:
    """The face detector's manifest.

    Raises:
        ModelError: `detector.json` is missing, incomplete, or names another model than the
            program does.
    """
    path = resources.models_dir() / "detector.json"
    content = read_json(path)
    try:
        manifest = TypeAdapter(DetectorManifest).validate_python(content)
    except ValidationError as error:
        raise ModelError(f"{path} is incomplete; install the application again") from error
    if manifest.sha256 != DETECTOR_SHA256:
        raise ModelError(f"{path} names another model; install the application again")
    return manifest


def detector_path() -> Path:
    """The face detector's model file, checked: inside the package, else the user's data folder.

    Raises:
        ModelError: It is in neither place, or is not the file the manifest names.
    """
    manifest = detector_manifest()
    places = (resources.models_dir() / manifest.file, _installed_path(manifest))
    problem = ModelError(f"the face detector's model {manifest.file} is missing; {_INSTALL}")
    for path in filter(Path.is_file, places):
        try:
            check_file(path, manifest.sha256, fix=_INSTALL)
        except ModelError as error:
            problem = error
        else:
            return path
    raise problem


def install_detector(progress: Callable[[str], None] | None = None) -> Path:
    """Put the face detector's model where `detector_path` finds it; nothing to do if it is there.

    No current MediaPipe wheel carries this model, so pip downloads the last one that does and the
    single file is taken out of it.

    Args:
        progress: Is told what happens, a line at a time.

    Returns:
        Where the model is.

    Raises:
        ModelError: pip or the network is not there, the download is not the expected file, or
            the data folder cannot be written.
    """
    report = progress or (lambda line: None)
    try:
        path = detector_path()
    except ModelError:
        manifest = detector_manifest()
    else:
        report(f"{path.name} is already installed")
        return path
    with tempfile.TemporaryDirectory(prefix="emotion-overlay-") as folder:
        report(f"Downloading {manifest.origin.requirement} (about 36 MB) for one file of it")
        content = _member(_download(manifest.origin, Path(folder)), manifest)
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise ModelError(
            f"{manifest.file} out of {manifest.origin.requirement} is not the expected file; "
            "check which package index pip uses"
        )
    path = _installed_path(manifest)
    _write(path, content)
    report(f"Installed {path}")
    return path


def _installed_path(manifest: DetectorManifest) -> Path:
    return resources.data_dir() / "models" / manifest.file


def _download(origin: Origin, folder: Path) -> Path:
    """Let pip fetch the wheel into a folder and return its path."""
    # Isolated (-I), or Python would run a `pip` that lies in the current folder.
    command = [sys.executable, "-I", "-m", "pip", "download"]
    command += ["--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--python-version", origin.python_version]
    command += ["--platform", origin.platform, "--dest", str(folder), origin.requirement]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode == 0 and wheels:
        return wheels[0]
    if "No module named pip" in done.stderr:
        raise ModelError(
            f"cannot download {origin.requirement}: this Python has no pip; "
            "run `python -m ensurepip`, then try again"
        )
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else f"pip ended with {done.returncode}"
    raise ModelError(
        f"cannot download {origin.requirement} ({reason}); check the network connection, "
        f"then {_INSTALL}"
    )


def _member(wheel: Path, manifest: DetectorManifest) -> bytes:
    """Read the model out of a wheel, and no more of it than the model's size."""
    member = manifest.origin.member
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as file:
            content = file.read(manifest.bytes + 1)
    except Exception as error:  # zipfile passes on whatever its decoders raise
        raise ModelError(
            f"{wheel.name} does not hold {member}; check which package index pip uses"
        ) from error
    if len(content) != manifest.bytes:
        raise ModelError(
            f"{member} in {wheel.name} is not the expected file; check which package index pip uses"
        )
    return content


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            file.write(content)
    except OSError as error:
        raise ModelError(
            f"cannot write {path} ({error.strerror}); make the folder writable, then {_INSTALL}"
        ) from error
