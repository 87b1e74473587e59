"""The code of a class: what the teacher hands out, and all that the keys are made from.

It is the first 75 bits of a hash of the board's public key, and a check of 5 bits, in 16 characters
of Crockford's Base32 (https://www.crockford.com/base32.html). So whoever has it can tell the board
from anybody else, and a typing error is noticed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from overlay.errors import ClassError
from overlay.language import LazyText

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16
_BITS = 75

#: A link is this, the broker's address, a `#` and the code.
_LINK = "emotion-overlay-class:"

#: Schemes of brokers with their usual ports: MQTT over TLS, without, and one that a board brings.
SCHEMES = {"mqtts": 8883, "mqtt": 1883, "local": 1883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is.

    Attributes:
        scheme: One of `SCHEMES`.
        host: Its name or address.
        port: Its port.
        username: Who to log in as, or None.
        password: With which password, or None.
    """

    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str | None = None

    @property
    def url(self) -> str:
        """Its URL, without name and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a member needs to join.

    Attributes:
        code: 16 characters, without hyphens.
        broker: Where the class meets; None if only the code was given.
    """

    code: str
    broker: Broker | None


def code_of(public_key: bytes) -> str:
    """The code of the board with this public key."""
    digest = hashlib.blake2b(public_key, person=b"eo class code").digest()
    bits = int.from_bytes(digest) >> (len(digest) * 8 - _BITS)
    text = "".join(_ALPHABET[bits >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return text + _check(text)


def spelled(code: str) -> str:
    """The code in groups of four, to be read aloud and typed."""
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


def link_of(code: str, broker: Broker) -> str:
    """The link to a class; it holds no password."""
    return f"{_LINK}{broker.url}#{spelled(code)}"


def read_invitation(text: str) -> Invitation:
    """Read a code or a link, as somebody has typed or pasted it.

    Raises:
        ClassError: It is neither.
    """
    text = text.strip()
    if not text.startswith(_LINK):
        return Invitation(_read_code(text), None)
    address, _, code = text.removeprefix(_LINK).partition("#")
    return Invitation(_read_code(code), read_broker(address))


def read_broker(url: str) -> Broker:
    """Read the address of a broker, such as `mqtts://broker.school.example`.

    Raises:
        ClassError: It is none.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme not in SCHEMES or parts.path not in ("", "/"):
        raise ClassError(
            LazyText("a broker's address looks like mqtts://broker.school.example:8883")
        )
    name, password = (unquote(each) if each else None for each in (parts.username, parts.password))
    return Broker(parts.scheme, host, port or SCHEMES[parts.scheme], name, password)


def _read_code(text: str) -> str:
    code = re.sub(r"[\s-]", "", text).upper()
    code = code.replace("O", "0").replace("I", "1").replace("L", "1")
    if len(code) != _LENGTH or not set(code) <= set(_ALPHABET):
        raise ClassError(
            LazyText("a code has 16 letters and digits, like 7KQM-2XPA-9VTC-4HJB: type it again")
        )
    if _check(code[:-1]) != code[-1]:
        raise ClassError(
            LazyText("there is a typing error in the code: compare it with the teacher's")
        )
    return code


def _check(text: str) -> str:
    return _ALPHABET[hashlib.blake2b(text.encode(), person=b"eo class check").digest()[0] & 31]
