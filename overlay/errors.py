"""Typed errors. Every message is one line that names the thing and the fix."""

from __future__ import annotations

import sys
from pathlib import Path

from overlay.language import LazyText
from overlay.printable import printable


class OverlayError(Exception):
    """Base of every error this application raises on purpose.

    Its message is one line, whatever names and values of others are quoted in it. Where it can
    reach a window, it is raised with a `LazyText`.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


class SourceError(OverlayError):
    """A frame source cannot be opened, or does not exist."""


class SourceLostError(SourceError):
    """A live source that was delivering frames stopped; it may come back."""


class SourceRefusedError(SourceError):
    """A source refuses to be opened; it will do so until somebody changes something."""


class PictureError(SourceError):
    """A picture cannot be read.

    Attributes:
        reason: Why, with `it` for the picture.
    """

    def __init__(
        self,
        path: Path,
        reason: LazyText,
        fix: LazyText = LazyText("save it again as .png or .jpg"),  # noqa: B008  # never changes
    ) -> None:
        """Name the picture.

        Args:
            path: The file.
            reason: Why it cannot be read, as what follows its name.
            fix: What to do about it.
        """
        super().__init__(LazyText("'{path}' {reason}: {fix}", path=path, reason=reason, fix=fix))
        self.reason = f"it {reason}"


class ConsentError(SourceError):
    """A webcam may not be opened, because the user has not agreed to it."""


class OutputError(OverlayError):
    """Frames cannot be sent to an output."""


class TargetError(OverlayError):
    """A file may not be written where the user names it."""


class ModelError(OverlayError):
    """A model file is missing, altered, or does not fit the contract."""


class SettingsError(OverlayError):
    """A setting has a value that cannot be used."""


class MissingLibraryError(OverlayError):
    """A library of the operating system is not installed."""


class MissingExtraError(OverlayError):
    """A Python package that only some options need is not installed."""

    def __init__(self, option: str, package: str, extra: str) -> None:
        """Say which option needs which package, and which extra of this application brings it."""
        command = f"{sys.executable} -m pip install 'emotion-overlay[{extra}]'"
        super().__init__(
            LazyText(
                "{option} needs {package}, which is not installed: `{command}`",
                option=option,
                package=package,
                command=command,
            )
        )


class ClusterError(OverlayError):
    """A Dask cluster does not answer, or its workers cannot read the files."""


class WebError(OverlayError):
    """The page for the browser was not built, or cannot be served."""


class ControlError(OverlayError):
    """No running application answers, or it refuses what it is asked."""


class NotRunningError(ControlError):
    """No instance of the application is running."""


class StudentError(OverlayError):
    """A student's profile is not there, or its name cannot be used."""


class StoreError(OverlayError):
    """A student's recorded sessions cannot be read or written."""


class ReportError(OverlayError):
    """There is nothing to report, or a report or an export cannot be written."""


class ClassError(OverlayError):
    """A class cannot be opened or joined: a wrong code, or a broker that does not answer."""
