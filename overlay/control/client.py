"""The other end of the control channel: what a command in another process says.

Imports nothing heavy, because these commands are bound to hotkeys.
"""

from __future__ import annotations

import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from typing import Any

from overlay.control.address import Address, addresses, check_ours
from overlay.control.channel import Channel
from overlay.errors import ControlError
from overlay.file_lock import FileLock

#: How long the instance may take to answer, in seconds; it takes milliseconds.
_TIMEOUT_S = 5.0


def ask(command: str, value: Any = None) -> dict[str, Any]:
    """Have the running instance carry out a command.

    Args:
        command: `status`, `mode`, `toggle`, `pause`, `resume`, `panic`, `stop` or `notify`.
        value: The mode, for `mode`.

    Returns:
        Its answer: `number`, `pid`, and its `status` right after the command.

    Raises:
        ControlError: Nothing runs, or it refuses.
    """
    foreign = ""
    for address in addresses():
        try:
            answer = _ask(address, {"command": command, "value": value})
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            continue
        except PermissionError as error:
            foreign = f"; {error.filename or address.name} {error.strerror} and is not used"
            continue
        except AuthenticationError as error:
            raise ControlError("the running instance has another key: start it again") from error
        except (EOFError, OSError, ValueError) as error:
            raise ControlError(
                "the running instance does not answer: end it and start it"
            ) from error
        if not answer.get("ok"):
            raise ControlError(str(answer.get("error")))
        return answer
    raise ControlError(f"it is not running: start it with `emotion-overlay`{foreign}")


def activate(seconds: float = 5.0) -> None:
    """Bring the running instance to the front; it may be just starting.

    Raises:
        ControlError: It does not answer.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            ask("activate")
            return
        except ControlError as error:
            if time.monotonic() > deadline:
                raise ControlError("it is running already but does not answer: end it") from error
            time.sleep(0.05)


def wait_until_gone(seconds: float = 10.0) -> bool:
    """Wait until no instance runs any longer.

    Returns:
        Whether none does.
    """
    deadline = time.monotonic() + seconds
    while any(map(_is_held, addresses())):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _ask(address: Address, request: dict[str, Any]) -> dict[str, Any]:
    key = address.read_key()
    with Channel(Client(address.name, address.family), _TIMEOUT_S) as channel:
        channel.introduce(key)
        channel.send(request)
        return {name: _printable(value) for name, value in channel.receive().items()}


def _printable(value: Any) -> Any:
    """The same without control characters, which a terminal would obey."""
    if isinstance(value, str):
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {_printable(name): _printable(each) for name, each in value.items()}
    return value


def _is_held(address: Address) -> bool:
    try:
        check_ours(address.folder)
    except OSError:
        return False
    if not address.lock.exists():
        return False
    lock = FileLock(address.lock)
    if lock.acquire():
        lock.release()
        return False
    return True
