"""The messages between instance and client: authenticated JSON, never pickles.

A request is `{"command": NAME, "value": VALUE}`. The answer is
`{"ok": true, "number": N, "pid": P, "status": {...}}`, numbered in the order in which the instance
accepted the commands, or `{"ok": false, "error": TEXT}`.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import struct
import sys
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection
from typing import Any

from overlay.json_object import parse_object

#: The longest message that either side accepts, in bytes.
LONGEST = 64 * 1024

_NONCE_BYTES = 32

# How `multiprocessing.connection` frames a message on a Unix socket: its length, then itself.
_HEADER = struct.Struct("!i")


class Channel:
    """A connection to a peer that may be silent, slow, or an impostor.

    All methods raise EOFError if the peer has gone, and OSError (of which TimeoutError is one) if
    it sends too much, or nothing in time.
    """

    def __init__(self, connection: Connection, timeout_s: float) -> None:
        """Wrap an open connection.

        Args:
            connection: A Unix socket or a named pipe.
            timeout_s: How long the peer may take for one whole message, in seconds.
        """
        self._connection = connection
        self._timeout_s = timeout_s
        if sys.platform != "win32":
            limit = struct.pack("ll", int(timeout_s), int(timeout_s % 1 * 1_000_000))
            with socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def welcome(self, key: bytes) -> None:
        """Let the client prove that it knows the key, then prove the same to it.

        Raises:
            AuthenticationError: The client does not know the key.
        """
        ours = secrets.token_bytes(_NONCE_BYTES)
        self._connection.send_bytes(ours)
        reply = self._receive_bytes()
        proof, theirs = reply[:-_NONCE_BYTES], reply[-_NONCE_BYTES:]
        if not hmac.compare_digest(proof, _proof(key, b"client", ours)):
            raise AuthenticationError("a client without the key")
        self._connection.send_bytes(_proof(key, b"instance", theirs))

    def introduce(self, key: bytes) -> None:
        """The client's part of `welcome`.

        Raises:
            AuthenticationError: The instance does not know the key.
        """
        theirs = self._receive_bytes()
        ours = secrets.token_bytes(_NONCE_BYTES)
        self._connection.send_bytes(_proof(key, b"client", theirs) + ours)
        if not hmac.compare_digest(self._receive_bytes(), _proof(key, b"instance", ours)):
            raise AuthenticationError("an instance without the key")

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self._connection.send_bytes(json.dumps(message).encode())

    def receive(self) -> dict[str, Any]:
        """Receive one message.

        Raises:
            ValueError: It is not a JSON object, or one nested too deeply to be read.
        """
        return parse_object(self._receive_bytes())

    def _receive_bytes(self) -> bytes:
        deadline_s = time.monotonic() + self._timeout_s
        if sys.platform == "win32":  # a pipe hands over whole messages
            self._wait(deadline_s)
            return self._connection.recv_bytes(LONGEST)
        # `recv_bytes` would wait anew for each byte of a sender that trickles.
        (length,) = _HEADER.unpack(self._read(_HEADER.size, deadline_s))
        if not 0 <= length <= LONGEST:
            raise OSError("bad message length")
        return self._read(length, deadline_s)

    def _read(self, size: int, deadline_s: float) -> bytes:
        content = bytearray()
        while len(content) < size:
            self._wait(deadline_s)
            part = os.read(self._connection.fileno(), size - len(content))
            if not part:
                raise EOFError
            content += part
        return bytes(content)

    def _wait(self, deadline_s: float) -> None:
        if not self._connection.poll(max(deadline_s - time.monotonic(), 0)):
            raise TimeoutError("no message in time")

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _proof(key: bytes, who: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, who + nonce, "sha256")
