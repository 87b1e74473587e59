"""What an instance answers, and the key it left: an answer, or a `ControlError`."""

from __future__ import annotations

import json
import threading
from functools import cache
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from hypothesis import strategies as st

from overlay.control import ask
from overlay.control.address import Address, private_address
from overlay.control.channel import Channel
from tests.fuzz.inputs import Input, damaged, json_like

_ANSWER = {
    "ok": True,
    "number": 1,
    "pid": 4711,
    "status": {"mode": "off", "paused": False, "problems": {"source": "unplugged"}, "source": "x"},
}


def inputs() -> st.SearchStrategy[Input]:
    """Answers of somebody who has the key, and keys."""
    return st.one_of(
        json_like(_ANSWER).map(lambda content: Input("answer", content)),
        damaged(bytes(32)).map(lambda content: Input("key", content)),
    )


def read(input: Input, folder: Path) -> None:
    """Ask an instance that answers so, or with that key."""
    address, answers = _listening()
    address.write_key()
    answers.append(input.content if input.name == "answer" else json.dumps(_ANSWER).encode())
    if input.name == "key":
        (address.folder / "control.key").write_bytes(input.content)
    json.dumps(ask("status"))


@cache
def _listening() -> tuple[Address, list[bytes]]:
    """An instance that proves its key and says what it is told to."""
    address, answers = private_address(), list[bytes]()
    listener = Listener(address.name, address.family)

    def serve() -> None:
        while True:
            _answer(listener.accept(), address, answers)

    threading.Thread(target=serve, daemon=True).start()
    return address, answers


def _answer(connection: Connection, address: Address, answers: list[bytes]) -> None:
    with Channel(connection, 10.0) as channel:
        try:
            channel.welcome((address.folder / "control.key").read_bytes()[:32])
            channel.receive()
            connection.send_bytes(answers[-1])
        except (EOFError, OSError, ValueError):
            pass
