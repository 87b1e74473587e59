"""Commands for a class: students join one and leave it, a teacher opens one."""

from __future__ import annotations

import sys
import textwrap
import time
from typing import Annotated, Any

import typer

from overlay.cli import options
from overlay.cli.help import CLASS, PanelCommand, PanelGroup
from overlay.cli.log_run import log_run
from overlay.errors import ClassError, ConsentError
from overlay.language import LazyText, _, use_language

app = typer.Typer()
class_app = typer.Typer(
    cls=PanelGroup,
    help="Share what your face looks like with a class, as part of a sum; or open a class.",
    no_args_is_help=True,
)
app.add_typer(class_app, name="class", rich_help_panel=CLASS)

_WIDTH = 80

#: How long `join` waits for the board, in seconds: it is heard every ten.
_PATIENCE_S = 15.0

Broker = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="URL",
        help="The MQTT broker: mqtts://HOST, or local to run one in this program.",
        show_default=False,
    ),
]


@class_app.command("join", cls=PanelCommand)
def join(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The teacher's link or code.")],
    broker: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The school's MQTT broker, such as mqtts://NAME:PASSWORD@HOST, if the code does "
            "not say it.",
            show_default=False,
        ),
    ] = None,
    agree: Annotated[
        bool, typer.Option("--agree", help="Agree to what is shared, without being asked.")
    ] = False,
) -> None:
    """Share with a class what your face looks like, as part of a sum; asks first."""
    from overlay.classroom.codes import read_invitation
    from overlay.classroom.texts import JOIN_TEXT
    from overlay.control import ask

    read_invitation(code)  # what is wrong with it is said before anything is asked
    _check_offers(ask("status"))
    if not agree:
        _agree(JOIN_TEXT, "Share with this class?", "nothing is shared", "--agree")
    ask("class-join", {"code": code, "broker": broker})
    _say_how_it_goes()


@class_app.command("leave", cls=PanelCommand)
def leave() -> None:
    """Stop sharing with a class at once."""
    from overlay.control import ask

    answer = ask("status")
    _check_offers(answer)
    if answer.get("class") is None:
        print("you are not sharing with a class")
        return
    ask("class-leave")
    print("you no longer share with a class")


@class_app.command("open", cls=PanelCommand)
@log_run("class open")
def open_class(
    title: Annotated[
        str, typer.Argument(metavar="[TITLE]", help="The title of the class.", show_default=False)
    ] = "",
    broker: Broker = None,
    bind: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="With --broker local: the address of this computer that members connect to.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            metavar="PORT",
            parser=options.number(int, 1, 65535),
            help="With --broker local: the port.",
        ),
    ] = 1883,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue a class that was interrupted.")
    ] = False,
    window: Annotated[
        bool, typer.Option("--window/--no-window", help="Show the board in a window.")
    ] = True,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Confirm that it may be used here, without being asked."),
    ] = False,
) -> None:
    """Open a class and show its board until you end it; asks whether that is allowed here."""
    from overlay.classroom.codes import Broker as Address
    from overlay.classroom.codes import read_broker
    from overlay.classroom.extra import require_extra
    from overlay.classroom.texts import OPEN_QUESTION, OPEN_TEXT
    from overlay.logs import keep_out

    keep_out(title, *([broker] if broker else []))
    if broker is None and not resume:
        raise ClassError(
            "say which broker the class meets at: --broker mqtts://HOST, or --broker local for a "
            "trial on this computer"
        )
    where = Address("local", bind, port) if broker == "local" else None
    if where is None and broker is not None:
        where = read_broker(broker)
    require_extra("class open", broker=broker == "local")
    from overlay.classroom.open_command import hold
    from overlay.classroom.running import new_class, unfinished_class

    use_language(options.settings_in_effect().language)  # of board, page and what is asked
    unfinished = unfinished_class() if where is None else new_class(title, where)
    if not confirm:
        _agree(OPEN_TEXT, OPEN_QUESTION, _("no class is opened"), "--confirm")
    for path in hold(unfinished, window=window, say=lambda line: print(line, flush=True)):
        print(path)


@class_app.command("close", cls=PanelCommand)
def close() -> None:
    """End a class that was interrupted and write its page."""
    from overlay.classroom.extra import require_extra

    require_extra("class close")
    from overlay.classroom.running import unfinished_class, write_pages

    use_language(options.settings_in_effect().language)  # of the page
    for path in write_pages(unfinished_class().lesson):
        print(path)


def _agree(text: str, question: str, otherwise: str, option: str) -> None:
    """Show a text and ask.

    Raises:
        ConsentError: The user said no, or there is no terminal to ask on.
    """
    from overlay.classroom.texts import with_numbers
    from overlay.host.terminal import confirm, has_terminal

    for paragraph in with_numbers(_(text)).splitlines():
        print(textwrap.fill(paragraph, _WIDTH))
    sys.stdout.flush()
    if not has_terminal():
        raise ConsentError(
            LazyText(
                "{otherwise}: run the command in a terminal, where it asks, or add {option}",
                otherwise=otherwise,
                option=option,
            )
        )
    if not confirm(f"\n{_(question)}"):
        raise ConsentError(LazyText("you have not agreed: {otherwise}", otherwise=otherwise))


def _check_offers(answer: dict[str, Any]) -> None:
    """Make sure that the running application can share with a class."""
    if "class-join" not in answer.get("offers", ()):
        raise ClassError(
            "the running application cannot share with a class: start it with `emotion-overlay` "
            "or `emotion-overlay run`"
        )


def _say_how_it_goes() -> None:
    """Wait until the board has answered, and say so; or what is in the way."""
    from overlay.control import ask

    until = time.monotonic() + _PATIENCE_S
    status = ask("status").get("class")
    while status is not None and status["state"] in ("connecting", "waiting"):
        if status["problem"] or time.monotonic() > until:
            break
        time.sleep(0.2)
        status = ask("status").get("class")
    if status is None:
        print("the class has ended; you are not sharing")
    elif status["state"] == "sharing":
        print(f"sharing with “{status['title']}”; `emotion-overlay class leave` ends it")
    else:
        problem = status["problem"] or "the board has not answered yet"
        print(f"{problem}; still trying, until `emotion-overlay class leave`", file=sys.stderr)
