"""The command line: thin commands over the rest, a module a panel of `--help`.

This is also the edge where errors become one line.
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from typing import Annotated

import typer

from overlay.cli import bench, call, classroom, files, own_words, set_up, web, yourself
from overlay.cli.help import PanelGroup
from overlay.errors import OverlayError
from overlay.host.interrupts import interrupts
from overlay.installation import describe_version
from overlay.logs import keep_out, logging_to_file

__all__ = ["app", "main"]

_log = logging.getLogger(__name__)

# Of the entry in the system's menu, where nobody sees the terminal.
_FROM_MENU = "--from-menu"

app = typer.Typer(
    name="emotion-overlay",
    cls=PanelGroup,
    help="Label the facial expressions in your webcam's picture, on your own machine.",
    epilog="Without a command, it starts in the tray.",
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for panel in (call, yourself, own_words, classroom, files, web, set_up, bench):
    app.add_typer(panel.app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; known errors end as one line on stderr and exit code 2.

    Every other error is one line, too, with its traceback in the log, and exit code 1.
    """
    _print_anything()
    arguments = sys.argv[1:] if arguments is None else arguments
    asked = {option: option in arguments for option in ("--debug", "--verbose", _FROM_MENU)}
    try:
        with interrupts(), logging_to_file(verbose=asked["--verbose"]):
            keep_out(*_paths(arguments))
            _run([each for each in arguments if each not in asked], asked)
    except OverlayError as error:
        if asked["--debug"]:
            raise
        print(f"emotion-overlay: {error}", file=sys.stderr)
        if asked[_FROM_MENU]:
            _show(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)  # as shells have it


def _print_anything() -> None:
    """Show characters that the terminal's encoding lacks as escapes, rather than fail on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _paths(arguments: list[str]) -> list[str]:
    """What the user calls files and folders on the command line."""
    values = [each.partition("=")[2] if each.startswith("--") else each for each in arguments]
    return [value for value in values if "/" in value or "\\" in value or "." in value]


def _run(arguments: list[str], asked: dict[str, bool]) -> None:
    try:
        app(arguments, prog_name="emotion-overlay")
    except OverlayError:
        raise
    except Exception as error:
        if asked["--debug"]:
            raise
        line = " ".join(f"{type(error).__name__}: {error}".split())
        _log.error("unexpected %s", line, exc_info=error)
        if asked[_FROM_MENU]:
            _show(line)
        sys.exit(1)


def _show(error: str) -> None:
    """Show an error in a dialog until it is closed, in the language of the system."""
    from overlay.language import AUTO, _, use_language
    from overlay.tray.dialogs import CannotAskError, Dialog, Dialogs

    use_language(AUTO)
    heading = _("Emotion Overlay could not start")
    with contextlib.suppress(CannotAskError):  # it is on standard error already
        Dialogs().ask(Dialog(f"{heading}\n\n{error}", title=heading))


def _version(asked: bool) -> None:
    if asked:
        print(describe_version())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show version, commit and model."
        ),
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show detailed log messages.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        call.run_in_tray()
