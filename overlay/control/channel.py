"""What passes between instance and client: authenticated JSON, never pickles.

A request is `{"command": NAME, "value": VALUE}`; the answer is
`{"ok": true, "number": N, "pid": P, "status": {...}}` with the order in which the instance
accepted it, or `{"ok": false, "error": TEXT}`.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import socket
import struct
import sys
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection
from typing import Any

#: The longest message either side takes, in bytes.
LONGEST = 64 * 1024

_NONCE_BYTES = 32


class Channel:
    """One connection whose other side may be silent, slow, or somebody else.

    All methods raise EOFError when the other side has gone, and OSError (TimeoutError is one)
    when it sends too much, or nothing in time.
    """

    def __init__(self, connection: Connection, patience_s: float) -> None:
        """Wrap a connection that is open.

        Args:
            connection: A Unix socket or a named pipe.
            patience_s: How long the other side may be silent, in seconds.
        """
        self._connection = connection
        self._patience_s = patience_s
        if sys.platform != "win32":
            # `poll` only waits for the beginning of a message; this is for one that breaks off.
            limit = struct.pack("ll", int(patience_s), int(patience_s % 1 * 1_000_000))
            with socket.socket(fileno=os.dup(connection.fileno())) as end:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def welcome(self, key: bytes) -> None:
        """Prove to the client that we know the key after it has proved it to us.

        Raises:
            AuthenticationError: It does not know the key.
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
            AuthenticationError: The other side does not know the key.
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
            ValueError: It is no JSON object.
        """
        message = json.loads(self._receive_bytes())
        if not isinstance(message, dict):
            raise ValueError("a message is a JSON object")
        return message

    def _receive_bytes(self) -> bytes:
        if not self._connection.poll(self._patience_s):
            raise TimeoutError("silence")
        return self._connection.recv_bytes(LONGEST)

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _proof(key: bytes, who: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, who + nonce, "sha256")
