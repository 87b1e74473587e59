"""One file to read, and how that ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from overlay import __version__
from overlay.shipped import DETECTOR_SHA256, EMOTION_SHA256, FACE_CHECK_SHA256
from overlay.sources.file_kind import Kind

#: What reads a file: results are equal only if all of these are.
READ_BY = (__version__, DETECTOR_SHA256, EMOTION_SHA256, FACE_CHECK_SHA256)


@dataclass(frozen=True, slots=True)
class Job:
    """One file to read.

    Attributes:
        path: The picture or video.
        file: What the results call it.
        size: Its length in bytes, when it was listed.
        changed_ns: When it was changed last, in nanoseconds since 1970, when it was listed.
        kind: Whether it is a picture or a video.
        save: Where the labelled picture or video goes; None for nowhere.
        make_folder: Whether to make the folder it goes into.
        every_s: Read one frame of a video in so many seconds; None for every frame.
    """

    path: Path
    file: str
    size: int
    changed_ns: int
    kind: Kind
    save: Path | None = None
    make_folder: bool = False
    every_s: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The job as a JSON object."""
        return asdict(self) | {
            "path": str(self.path),
            "save": None if self.save is None else str(self.save),
        }

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Job:
        """The job of a JSON object."""
        save = content["save"]
        return cls(**content | {"path": Path(content["path"]), "save": save and Path(save)})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How reading a file ended.

    Attributes:
        left_out: Why there are no results, in a sentence about "it"; None if there are.
        warnings: What the user should know about the file, one line each.
    """

    left_out: str | None = None
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The outcome as a JSON object."""
        return {"left_out": self.left_out, "warnings": list(self.warnings)}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Outcome:
        """The outcome of a JSON object.

        Raises:
            KeyError, TypeError: It is not one.
        """
        return cls(content["left_out"], tuple(content["warnings"]))


def to_line(content: object) -> bytes:
    """A JSON value on a line of its own."""
    return json.dumps(content).encode() + b"\n"
