"""The messages of a class, sealed so that no broker can read them; see docs/CLASS.md.

Two layers, both of libsodium through PyNaCl. The outer one has a key made from the code, so only
who has the code is heard at all. In it, what the board says is signed with the key whose hash the
code is, and what a member says is encrypted for the board alone, so that other members cannot read
it. Every message of a member has the same length.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.public import Box, PrivateKey, PublicKey
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.signing import SigningKey, VerifyKey

from overlay.classroom.codes import code_of
from overlay.classroom.states import STATES, TENTHS, Tenths
from overlay.errors import ClassError
from overlay.language import LazyText

#: The version of the protocol: the first byte of every message.
VERSION = 1

#: How long a title may be, in bytes of UTF-8.
LONGEST_TITLE = 120

#: No message is longer than this, in bytes; longer ones are dropped unread.
LONGEST_MESSAGE = 512

_KEY_BYTES = 32
_SAID = struct.Struct(">?Q")  # whether the class is open, interval
_SENT = struct.Struct(f">Q{len(STATES)}B")  # interval, tenths

#: How long a member's message is, in bytes.
MEMBER_MESSAGE = (
    1 + SecretBox.NONCE_SIZE + SecretBox.MACBYTES + _KEY_BYTES
    + Box.NONCE_SIZE + SecretBox.MACBYTES + _SENT.size
)  # fmt: skip


class UnreadableError(ClassError):
    """A message is not for us: altered, sealed with another key, too long, or nonsense."""


class OtherVersionError(UnreadableError):
    """A message is of another version of the protocol."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the board says at the beginning of every interval.

    Attributes:
        interval: The number of the interval that begins; greater than that of each before.
        is_open: Whether the class goes on; otherwise this is the end.
        title: What the class is called.
    """

    interval: int
    is_open: bool
    title: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a member answers to an announcement.

    Attributes:
        member: Their public key, made for this class alone.
        interval: The announcement's. So an old message that somebody sends again is known.
        tenths: Of the ten seconds before, by state.
    """

    member: bytes
    interval: int
    tenths: Tenths


class _Room:
    """What follows from a code: the place where the class meets, and the key of the outer layer."""

    def __init__(self, code: str) -> None:
        salt = hashlib.blake2b(b"emotion-overlay class", digest_size=argon2id.SALTBYTES).digest()
        key = argon2id.kdf(
            SecretBox.KEY_SIZE, code.encode(), salt,
            opslimit=argon2id.OPSLIMIT_INTERACTIVE, memlimit=argon2id.MEMLIMIT_INTERACTIVE,
        )  # fmt: skip
        self.lesson = hashlib.blake2b(key, digest_size=16, person=b"eo class lesson").hexdigest()
        self._box = SecretBox(key)

    def seal(self, text: bytes) -> bytes:
        return bytes([VERSION]) + bytes(self._box.encrypt(text))

    def open(self, message: bytes) -> bytes:
        if not message or len(message) > LONGEST_MESSAGE:
            raise UnreadableError
        if message[0] != VERSION:
            raise OtherVersionError
        try:
            return bytes(self._box.decrypt(message[1:]))
        except (CryptoError, ValueError) as error:
            raise UnreadableError from error


class BoardKeys:
    """The board's end.

    Attributes:
        code: The code of the class.
        lesson: The id of the class, 32 hexadecimal digits; it says nothing about the code.
    """

    def __init__(self, seed: bytes | None = None) -> None:
        """Make new keys, or the same as before from their `seed`."""
        self._signing = SigningKey.generate() if seed is None else SigningKey(seed)
        self._private = self._signing.to_curve25519_private_key()
        self.code = code_of(bytes(self._signing.verify_key))
        self._room = _Room(self.code)
        self.lesson = self._room.lesson

    @property
    def seed(self) -> bytes:
        """All of it in 32 bytes: whoever has them is the board."""
        return bytes(self._signing)

    def announce(self, announcement: Announcement) -> bytes:
        """The message to all members."""
        title = announcement.title.encode()[:LONGEST_TITLE]
        body = _SAID.pack(announcement.is_open, announcement.interval) + title
        signed = self._signing.sign(body)
        return self._room.seal(bytes(self._signing.verify_key) + bytes(signed))

    def read(self, message: bytes) -> Contribution:
        """Open a member's message.

        Raises:
            UnreadableError: It is none.
        """
        if len(message) != MEMBER_MESSAGE and message[:1] == bytes([VERSION]):
            raise UnreadableError
        text = self._room.open(message)
        member, sealed = text[:_KEY_BYTES], text[_KEY_BYTES:]
        try:
            box = Box(self._private, PublicKey(member))
            interval, *tenths = _SENT.unpack(box.decrypt(sealed))
        except (CryptoError, ValueError, struct.error) as error:
            raise UnreadableError from error
        if sum(tenths) != TENTHS:
            raise UnreadableError
        return Contribution(member, interval, tuple(tenths))


class MemberKeys:
    """A member's end, with a key of its own that no other class ever sees.

    Attributes:
        lesson: The id of the class.
        public: What the board knows this member by.
    """

    def __init__(self, code: str) -> None:
        self._code = code
        self._room = _Room(code)
        self._private = PrivateKey.generate()
        self._box: Box | None = None
        self.lesson = self._room.lesson
        self.public = bytes(self._private.public_key)

    def read(self, message: bytes) -> Announcement:
        """Open a message of the board.

        Raises:
            UnreadableError: It is none, or not of the board whose code this is.
        """
        text = self._room.open(message)
        key, signed = text[:_KEY_BYTES], text[_KEY_BYTES:]
        try:
            if not hmac.compare_digest(code_of(key), self._code):
                raise UnreadableError
            verify_key = VerifyKey(key)
            body = verify_key.verify(signed)
            is_open, interval = _SAID.unpack(body[: _SAID.size])
            title = body[_SAID.size :].decode(errors="ignore")
            if self._box is None:
                self._box = Box(self._private, verify_key.to_curve25519_public_key())
        except (CryptoError, ValueError, struct.error) as error:
            raise UnreadableError from error
        return Announcement(interval, is_open, title)

    def contribute(self, interval: int, tenths: Tenths) -> bytes:
        """The answer to an announcement.

        Raises:
            ClassError: The board has not been heard yet.
        """
        if self._box is None:
            raise ClassError(LazyText("the board has not answered yet"))
        text = _SENT.pack(interval, *tenths)
        return self._room.seal(self.public + bytes(self._box.encrypt(text)))
