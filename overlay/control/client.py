"""The client's end of the control channel, for commands in another process.

It imports nothing heavy, because people bind these commands to hotkeys.
"""

from __future__ import annotations

import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from typing import Any

from overlay.control.address import Address, addresses
from overlay.control.channel import Channel
from overlay.errors import ControlError, NotRunningError
from overlay.host.file_lock import FileLock
from overlay.host.private_folder import check_private_folder
from overlay.language import LazyText
from overlay.printable import printable

#: How long the instance may take to answer, in seconds; usually it takes milliseconds.
_TIMEOUT_S = 5.0


def ask(command: str, value: Any = None) -> dict[str, Any]:
    """Send a command to the running instance.

    Args:
        command: `status`, `agree`, `mode`, `set`, `settings`, `toggle`, `pause`, `resume`,
            `panic`, `mark`, `toggle-face`, `show-faces`, `forget-resting`, `stop` or `activate`, or
            what the answer's `offers` name.
        value: For `mode` the mode, for `set` values by the names of `Settings`, for `mark` a note,
            for `toggle-face` a number from the answer's `faces`, or a place in the private window,
            as shares `x` and `y`.

    Returns:
        The answer: `number`, `pid`, the `status` right after the command, and what else the
        command gives.

    Raises:
        NotRunningError: No instance is running.
        ControlError: It does not answer, or it refuses.
    """
    foreign: LazyText | str = ""
    for address in addresses():
        try:
            answer = _ask(address, {"command": command, "value": value})
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            continue
        except PermissionError as error:
            foreign = LazyText(
                "; {path} {reason} and is not used",
                path=error.filename or address.name,
                reason=LazyText(str(error.strerror)),
            )
            continue
        except AuthenticationError as error:
            raise ControlError(
                LazyText(
                    "the running app refuses the connection, because its key has changed: "
                    "restart it"
                )
            ) from error
        except (EOFError, OSError, ValueError) as error:
            raise ControlError(LazyText("the running app does not answer: restart it")) from error
        if not answer.get("ok"):
            raise ControlError(str(answer.get("error")))
        return answer
    raise NotRunningError(
        LazyText("it is not running: start it with `emotion-overlay`{foreign}", foreign=foreign)
    )


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
                raise ControlError(
                    LazyText("it is already running but does not answer: end its process")
                ) from error
            time.sleep(0.05)


def wait_until_gone(seconds: float = 10.0) -> bool:
    """Wait until no instance is running.

    Returns:
        Whether that is so.
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
        return printable(value)
    if isinstance(value, list):
        return [_printable(each) for each in value]
    if isinstance(value, dict):
        return {_printable(name): _printable(each) for name, each in value.items()}
    return value


def _is_held(address: Address) -> bool:
    try:
        check_private_folder(address.folder)
    except OSError:
        return False
    if not address.lock.exists():
        return False
    lock = FileLock(address.lock)
    if lock.acquire():
        lock.release()
        return False
    return True
