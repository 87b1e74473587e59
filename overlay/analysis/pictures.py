"""Pictures are read in a process of their own: one that crashes its decoder costs no other."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from overlay import errors
from overlay.analysis._picture_process import Request, read_pictures
from overlay.errors import OverlayError, SourceError
from overlay.settings import Settings

#: How far apart in time pictures are told to be, in seconds.
_APART_S = 1 / 30

#: How long the process is waited for at the end, in seconds, before it is killed.
_CLOSING_S = 2.0


class Pictures:
    """Pictures, and what was read in each.

    Use it in a `with` statement, which ends the process.

    Attributes:
        warnings: One line for each picture that was left out so far.
    """

    def __init__(
        self, files: Sequence[Path], settings: Settings, *, save: dict[Path, Path], in_folder: bool
    ) -> None:
        """Read nothing yet.

        Args:
            files: The pictures, in their order.
            settings: Sensitivity, and style of the labels.
            save: Where labelled pictures go, by picture; nothing is saved of the others.
            in_folder: Whether to make the folder they go into.
        """
        self.warnings: list[str] = []
        self._files = files
        self._settings = settings
        self._save = save
        self._in_folder = in_folder
        self._process: BaseProcess | None = None

    def __iter__(self) -> Iterator[dict[str, Any] | None]:
        """Read each picture; yields its scene as `describe` gives it, None for one left out.

        Raises:
            OutputError: A labelled picture cannot be written.
            ModelError: A model is missing or altered.
            OverlayError: The process does not start.
        """
        index = 0
        for path in self._files:
            save = self._save.get(path)
            request = Request(path, index, index * _APART_S, save, self._in_folder)
            scene = self._read(request)
            index += scene is not None
            yield scene

    def close(self) -> None:
        """End the process; safe to call twice."""
        if self._process is None:
            return
        self._connection.close()
        self._process.join(_CLOSING_S)
        self._process.kill()
        self._process.join()
        self._process = None

    def __enter__(self) -> Pictures:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, request: Request) -> dict[str, Any] | None:
        if self._process is None:
            self._start()
        try:
            self._connection.send(request)
            scene: dict[str, Any] | None = self._answer()
            reason = "it cannot be decoded"
        except (EOFError, OSError):  # the process has died
            self.close()
            scene, reason = None, "the decoder crashed on it"
        if scene is None:
            self.warnings.append(f"{request.path.name} was left out: {reason}")
        return scene

    def _answer(self) -> Any:
        answer = json.loads(self._connection.recv_bytes())
        if isinstance(answer, list):
            name, message = answer
            raise getattr(errors, name)(message)
        return answer

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would inherit threads' locks
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=read_pictures, args=(theirs, self._settings), name="pictures", daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            self._answer()
        except (EOFError, OSError) as error:
            raise OverlayError(
                "the process that reads pictures does not start: `emotion-overlay logs` shows more"
            ) from error


def nothing_read(input: Path, warnings: Sequence[str]) -> SourceError:
    """The error for an input of which no picture could be read."""
    if any("crashed" in warning for warning in warnings):
        return SourceError(f"'{input}' crashes the decoder: save it again as .png or .jpg")
    return SourceError(f"'{input}' has no image that can be decoded: save it again as .png or .jpg")
