"""Model files: where they lie, and whether they are the right ones.

All of them come with the application; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from overlay.errors import ModelError
from overlay.host import resources
from overlay.json_object import parse_object
from overlay.language import LazyText
from overlay.shipped import DETECTOR_SHA256

_INSTALL = LazyText("install the application again")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model file was taken from: a member of a wheel on the Python Package Index.

    Attributes:
        wheel: File name of the wheel.
        member: Path of the file inside the wheel.
    """

    wheel: str
    member: str


@dataclass(frozen=True, slots=True)
class DetectorManifest:
    """What `models/detector.json` says about the face detector's model.

    Attributes:
        name: What people call it.
        file: File name, in the folder of the manifest.
        bytes: Size of the file.
        sha256: Checksum of the file, hexadecimal.
        licence: SPDX identifier.
        copyright: Who holds the rights.
        origin: Where it was taken from.
    """

    name: str
    file: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$")]
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
        raise ModelError(
            LazyText(
                "cannot read {path} ({reason}); {install}",
                path=path,
                reason=reason,
                install=_INSTALL,
            )
        ) from error
    except ValueError as error:
        raise ModelError(
            LazyText("{path} is not a JSON object; {install}", path=path, install=_INSTALL)
        ) from error


def check_file(path: Path, sha256: str, *, fix: LazyText) -> None:
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
        raise ModelError(
            LazyText("the model {path} is missing; {fix}", path=path, fix=fix)
        ) from error
    except OSError as error:
        raise ModelError(
            LazyText(
                "cannot read the model {path} ({reason}); {fix}",
                path=path,
                reason=error.strerror,
                fix=fix,
            )
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelError(
            LazyText(
                "the model {path} is damaged or was altered (wrong SHA-256); {fix}",
                path=path,
                fix=fix,
            )
        )


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
        raise ModelError(
            LazyText("{path} is incomplete; {install}", path=path, install=_INSTALL)
        ) from error
    if manifest.sha256 != DETECTOR_SHA256:
        raise ModelError(
            LazyText("{path} names another model; {install}", path=path, install=_INSTALL)
        )
    return manifest


def detector_path() -> Path:
    """The face detector's model file, checked.

    Raises:
        ModelError: It is missing, or is not the file the manifest names.
    """
    manifest = detector_manifest()
    path = resources.models_dir() / manifest.file
    check_file(path, manifest.sha256, fix=_INSTALL)
    return path
