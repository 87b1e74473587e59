"""What arrives at the control socket: whatever it is, the next client is answered."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from functools import cache
from multiprocessing.connection import Client
from pathlib import Path

from hypothesis import strategies as st

from overlay.app import App
from overlay.control import ControlServer, ask
from overlay.control.address import private_address
from overlay.control.channel import Channel
from overlay.settings import make_settings
from tests.fuzz.inputs import Input, damaged, json_like, json_values

_REQUEST = {"command": "mode", "value": "on-air"}
_COMMANDS = (
    "status", "mode", "toggle", "pause", "resume", "panic", "forget-resting", "notify", "agree",
)  # fmt: skip


def inputs() -> st.SearchStrategy[Input]:
    """Garbage before the proof of the key, and garbage after it."""
    requests = st.fixed_dictionaries(
        {"command": st.sampled_from(_COMMANDS) | json_values, "value": json_values}
    ).map(lambda request: json.dumps(request).encode())
    framed = damaged(len(b"x" * 64).to_bytes(4, "big") + bytes(64)) | st.binary()
    return st.one_of(
        framed.map(lambda content: Input("stranger", content)),
        (json_like(_REQUEST) | requests).map(lambda content: Input("client", content)),
    )


def read(input: Input, folder: Path) -> None:
    """Send it to a running instance, then ask that for its status."""
    _, app = _running()
    before = ask("status")["number"]
    if input.name == "stranger":
        _send(input.content)
    else:
        _say(input.content)
    after = ask("status")
    assert after["number"] > before
    assert app.status().mode in ("off", "only-me", "on-air")


def _send(content: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(private_address().name)
        stranger.settimeout(10)
        with contextlib.suppress(ConnectionError):  # hung up on
            stranger.sendall(content)
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(4096):
                pass


def _say(content: bytes) -> None:
    """Send a message as a client that knows the key."""
    address = private_address()
    connection = Client(address.name, address.family)
    with Channel(connection, 10.0) as channel:
        channel.introduce(address.read_key())
        try:
            connection.send_bytes(content)
            answer = channel.receive()
        except (EOFError, OSError):  # hung up on
            return
        assert answer["ok"] in (True, False)
        assert answer["ok"] or len(answer["error"].splitlines()) == 1, answer


@cache
def _running() -> tuple[ControlServer, App]:
    """An instance of its own for this process; it never ends, and opens nothing."""
    assert os.environ["EMOTION_OVERLAY_RUNTIME_DIR"]
    server = ControlServer()
    server.start()
    app = App(make_settings(source="demo", output="none", window=False))
    server.serve(app)
    return server, app
