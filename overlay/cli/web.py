"""The command that serves the page for the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from overlay.cli import options
from overlay.cli.help import FILES, PanelCommand
from overlay.cli.log_run import log_run

app = typer.Typer()

#: Where the page is served if nobody says otherwise.
_PORT = 8371


@app.command(cls=PanelCommand, rich_help_panel=FILES)
@log_run("web")
def web(
    port: Annotated[
        int,
        typer.Option(
            metavar="N", parser=options.number(int, 0, 65535), help="Port; 0 for any free one."
        ),
    ] = _PORT,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the page that reads faces in a browser, to this machine only, until Ctrl-C."""
    import webbrowser

    from overlay.web.server import PageServer

    with PageServer(port) as server:
        print(f"{server.address} (Ctrl-C ends it)", flush=True)
        if show and not webbrowser.open(server.address):
            print("no browser could be opened: open the address yourself")
        server.serve_forever()
