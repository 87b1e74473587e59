"""Commands for setting up: what the machine has, what is set, which models are there."""

from __future__ import annotations

import contextlib
import sys
from json import dumps as to_json
from pathlib import Path
from typing import Annotated

import typer

from overlay.cli import options
from overlay.cli.help import SET_UP, PanelCommand, PanelGroup
from overlay.settings import DESCRIPTIONS

app = typer.Typer()
models_app = typer.Typer(cls=PanelGroup, help="Check the models.", no_args_is_help=True)
settings_app = typer.Typer(cls=PanelGroup)
app.add_typer(settings_app, name="settings", rich_help_panel=SET_UP)
app.add_typer(models_app, name="models", rich_help_panel=SET_UP)


@app.command(cls=PanelCommand, rich_help_panel=SET_UP)
def doctor(
    json: options.Json = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what can be fixed safely; never as root.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what others need to help you (versions, settings, findings and the log) "
            "to this file, without names and pictures.",
        ),
    ] = None,
    force: options.Force = False,
) -> None:
    """Find what keeps a call from working; exit code 1 if something does."""
    from overlay import doctor as practice
    from overlay.doctor.report import as_json, print_findings

    findings = practice.examine()
    if fix:
        for line in practice.fix(findings):
            print(line, file=sys.stderr)
        findings = practice.examine()
    if report is not None:
        from overlay.cli.bug_report import write_report

        write_report(report, findings, force=force)
        print(f"wrote {report}: read it before you pass it on", file=sys.stderr)
    if json:
        print(as_json(findings))
    else:
        print_findings(findings)
    if not practice.works(findings):
        raise typer.Exit(1)


@app.command(cls=PanelCommand, rich_help_panel=SET_UP)
def agree(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """See what is done with your webcam's picture, and agree; it stays closed until then."""
    from overlay.consent import ask_for_consent
    from overlay.control import ask
    from overlay.errors import ControlError

    ask_for_consent(agreed=yes)
    with contextlib.suppress(ControlError):  # nothing is running
        ask("agree")
    print("agreed: the webcam may be used")


@app.command(cls=PanelCommand, rich_help_panel=SET_UP)
def cameras() -> None:
    """List the cameras of this machine."""
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.sources import list_cameras
        from overlay.summary import print_cameras
    print_cameras(list_cameras())


@settings_app.callback(invoke_without_command=True)
def show_settings(context: typer.Context, json: options.Json = False) -> None:
    """Show every setting in effect and where it comes from, or change one."""
    if context.invoked_subcommand is not None:
        return
    from overlay.settings.precedence import resolve
    from overlay.summary import print_settings

    effective = resolve()
    for warning in effective.warnings:
        print(f"emotion-overlay: {warning}", file=sys.stderr)
    if json:
        print(to_json(effective.as_dict()))
    else:
        print_settings(effective)


@settings_app.command("set", cls=PanelCommand)
def set_setting(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The setting's name, as `emotion-overlay settings` shows it.",
            autocompletion=lambda: list(DESCRIPTIONS),
        ),
    ],
    value: Annotated[
        str,
        typer.Argument(
            metavar="VALUE",
            help="For example light, 1280 or true.",
            autocompletion=options.complete_value,
        ),
    ],
) -> None:
    """Change a setting in the settings file and in the running application."""
    from overlay.cli.set_setting import change

    for line in change(name, value):
        print(line)


@app.command(cls=PanelCommand, rich_help_panel=SET_UP)
def logs(
    lines: Annotated[
        int,
        typer.Option(
            metavar="NUMBER",
            parser=options.number(int, 1),
            help="How many lines to show.",
        ),
    ] = 50,
    path: Annotated[bool, typer.Option("--path", help="Instead, show where the file is.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the whole log.")] = False,
) -> None:
    """Show what went wrong recently: the end of the log."""
    from overlay.logs import delete_logs, log_file, refusal, tail

    if path:
        print(log_file())
    elif delete:
        count = delete_logs()
        print(f"deleted {count} file{'' if count == 1 else 's'}")
    elif shown := tail(lines):
        print("\n".join(shown))
    elif reason := refusal():
        print(f"nothing is logged: the folder of {log_file()} {reason}", file=sys.stderr)
    else:
        print(f"nothing has been logged in {log_file()}", file=sys.stderr)


# Scripts from before the face detector came with the application call `models install`.
@models_app.command("install", hidden=True)
@models_app.command("verify", cls=PanelCommand)
def models_verify() -> None:
    """Check that the models are present and unaltered; exit code 2 if not."""
    from overlay.host.libraries import system_libraries

    with system_libraries():
        from overlay.perception.verify import verify_models
        from overlay.summary import print_models
    statuses = verify_models()
    print_models(statuses)
    if not all(status.ok for status in statuses):
        raise typer.Exit(2)
