"""Where the running instance listens: in a folder and with a key that only its user can read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from overlay.errors import ControlError
from overlay.host.atomic_file import atomic_write
from overlay.host.private_folder import check_private_folder, make_private_folder
from overlay.host.resources import APP_NAME
from overlay.language import N_, LazyText

#: The shortest limit for the name of a Unix socket is macOS's 104 bytes with the final zero.
_LONGEST_SOCKET = 103

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Address:
    """A possible place for the control channel."""

    folder: Path

    @property
    def family(self) -> str:
        """The kind of channel, as `multiprocessing.connection` calls it; never TCP."""
        return "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"

    @property
    def name(self) -> str:
        """The socket's path, or the pipe's name."""
        if sys.platform == "win32":
            digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
            return rf"\\.\pipe\{APP_NAME}-{digest}"
        return str(self.folder / "control.sock")

    @property
    def lock(self) -> Path:
        """The file that an instance keeps locked while it runs."""
        return self.folder / "control.lock"

    def read_key(self) -> bytes:
        """The key that the running instance wrote.

        Raises:
            PermissionError: Folder or key are open to other users, who may have put them there.
            OSError: There is no key.
        """
        if sys.platform == "win32":
            return self._key.read_bytes()[:_KEY_BYTES]
        check_private_folder(self.folder)
        # Another user may have left a link or a FIFO here before the folder was ours.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with open(self._key, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid():
                raise PermissionError(errno.EPERM, N_("is not a file of yours"), str(self._key))
            return file.read(_KEY_BYTES)

    def write_key(self) -> bytes:
        """Write a new key that only this user can read."""
        key = secrets.token_bytes(_KEY_BYTES)
        with atomic_write(self._key, private=True) as file:
            file.write(key)
        return key

    def clear(self) -> None:
        """Remove the socket and key of an earlier instance; call it only while holding the lock."""
        leftovers = [self._key]
        if sys.platform != "win32":
            leftovers.append(Path(self.name))
        for path in leftovers:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    @property
    def _key(self) -> Path:
        return self.folder / "control.key"


def addresses() -> list[Address]:
    """Where an instance may listen, the best place first.

    These are the platform's runtime folder and a folder among the temporary files, or only the one
    that the environment variable `EMOTION_OVERLAY_RUNTIME_DIR` names. A relative folder is never
    among them.

    Raises:
        ControlError: The folder that was named is relative, or too long for a socket.
    """
    named = os.environ.get("EMOTION_OVERLAY_RUNTIME_DIR")
    if named:
        if not os.path.isabs(named):
            raise ControlError(
                LazyText(
                    "EMOTION_OVERLAY_RUNTIME_DIR must be a full path, not {named}", named=named
                )
            )
        if not _fits(Address(Path(named))):
            raise ControlError(
                LazyText(
                    "EMOTION_OVERLAY_RUNTIME_DIR is too long for a socket: {named}", named=named
                )
            )
        return [Address(Path(named))]
    folders = [Path(folder) / f"{APP_NAME}-{_owner()}" for folder in _temporary_folders()]
    with warnings.catch_warnings(), contextlib.suppress(PermissionError):
        # It warns, or refuses, where the system has made no such folder, as for root.
        warnings.simplefilter("ignore")
        folders.insert(0, platformdirs.user_runtime_path(APP_NAME, appauthor=False))
    absolute = (folder for folder in folders if folder.is_absolute())
    return [address for address in map(Address, absolute) if _fits(address)]


def private_address() -> Address:
    """The first place whose folder only this user can open; created if necessary.

    Raises:
        ControlError: There is none.
    """
    reasons = []
    for address in addresses():
        try:
            make_private_folder(address.folder)
        except OSError as error:
            reasons.append(f"{address.folder} ({error.strerror or error})")
        else:
            return address
    raise ControlError(
        LazyText(
            "there is no usable folder for the control channel: {choices}",
            choices=", ".join(reasons),
        )
    )


def _temporary_folders() -> list[str]:
    """The folder for temporary files, unless Python found none and means the current folder."""
    folder = tempfile.gettempdir()
    named = [os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    return [folder] if folder != os.getcwd() or folder in named else []


def _owner() -> str:
    if sys.platform == "win32":  # the folder for temporary files is the user's own there
        return "user"
    return str(os.getuid())


def _fits(address: Address) -> bool:
    return sys.platform == "win32" or len(os.fsencode(address.name)) <= _LONGEST_SOCKET
