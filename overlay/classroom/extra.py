"""The libraries of a class, which the extra `class` brings."""

from __future__ import annotations

from importlib.util import find_spec

from overlay.errors import MissingExtraError


def require_extra(command: str, *, broker: bool = False) -> None:
    """Make sure that what a class needs is installed.

    Args:
        command: What needs it, for the message.
        broker: Whether a broker of our own is needed as well.

    Raises:
        MissingExtraError: It is not installed.
    """
    packages = {"nacl": "PyNaCl", "paho": "paho-mqtt"}
    packages |= {"qrcode": "qrcode"} | ({"amqtt": "amqtt"} if broker else {})
    for module, package in packages.items():
        if find_spec(module) is None:
            raise MissingExtraError(command, package, "class")
