"""Opening a student's database, and closing it without leaving copies of its content behind."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from overlay.errors import StoreError
from overlay.host.atomic_file import atomic_write
from overlay.host.file_lock import FileLock
from overlay.language import LazyText, _
from overlay.monitor import owner_only, profile_files, schema
from overlay.monitor.salvage import salvage

#: How long to wait for a database that another program has locked, in seconds.
PATIENCE_S = 1.0
# A WAL of at most about 1 MB before its pages move into the database.
_CHECKPOINT_PAGES = 256
# Zeros that are written at a time, in bytes.
_PADDING_BYTES = 1 << 16


def recording_lock(path: Path, wait_s: float = 0.0) -> FileLock | None:
    """The lock that is held while a session is recorded into a database.

    Args:
        path: The database.
        wait_s: How long to try, in seconds.

    Returns:
        The lock, taken, or None if somebody else holds it.

    Raises:
        OSError: Its file cannot be opened.
    """
    lock = FileLock(path.with_name(profile_files.LOCK))
    return lock if lock.acquire(wait_s) else None


@contextlib.contextmanager
def alone(path: Path, own: FileLock | None) -> Iterator[bool]:
    """Whether nobody else records into a database, or can start to before the block ends."""
    if own is not None:
        yield True
        return
    with one_line(path):
        lock = recording_lock(path)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            lock.release()


def connect(path: Path, own: FileLock | None) -> tuple[sqlite3.Connection, str | None]:
    """Open or create a database; a damaged one is set aside unless somebody else records.

    What can be read of it is in the new one.

    Args:
        path: The database.
        own: The recording lock, if we hold it.

    Returns:
        The connection, to be closed with `close`, and a line about the damage, or None.

    Raises:
        StoreError: It is a link, or of a newer version.
        sqlite3.Error: It cannot be opened.
        OSError: A file cannot be written; everything is as it was.
    """
    if path.is_symlink():
        raise StoreError(LazyText("{path} is a link: put the database itself there", path=path))
    try:
        return _open_sound(path), None
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise  # locked, or no access: the content may be intact
        with alone(path, own) as nobody_records:
            if not nobody_records:
                raise
            return _begin_anew(path)


def close(connection: sqlite3.Connection, path: Path) -> None:
    """Close a database; safe to call twice.

    Who closes it last has SQLite delete the WAL, which holds copies of rows: it is overwritten.
    """
    with owner_only.overwritten_when_deleted(_log_of(path)):
        connection.close()


def _empty_log(connection: sqlite3.Connection, path: Path) -> None:
    """Move everything into the database, then overwrite the WAL and empty it.

    Only for who holds the recording lock: nobody else may write meanwhile.

    Raises:
        StoreError: Another program keeps the database open.
        sqlite3.Error: It cannot be written.
        OSError: It cannot be overwritten.
    """
    # After RESTART all of the WAL is in the database and nobody reads it any more.
    for mode in ("RESTART", "TRUNCATE"):
        busy = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()[0]
        if busy:
            raise StoreError(
                LazyText(
                    "{path} is open in another program: close that program, then erase again",
                    path=path,
                )
            )
        if mode == "RESTART" and _log_of(path).exists():
            owner_only.overwrite(_log_of(path))


def rebuild(connection: sqlite3.Connection, path: Path) -> None:
    """Rebuild a database without the gaps that deleted rows left, and overwrite what it gives up.

    Rebuilding moves rows to the front and cuts the file off behind them, where copies of the
    moved rows would stay on the disk. So zeros take that place first. For who holds the recording
    lock.

    Raises:
        StoreError: Another program keeps the database open.
        sqlite3.Error: It cannot be written.
        OSError: The WAL cannot be overwritten.
    """
    _empty_log(connection, path)  # what was deleted is overwritten in the file
    if connection.execute("SELECT EXISTS (SELECT * FROM session)").fetchone()[0]:
        pages, free, page_bytes = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        # Pages in use are at least half full.
        blocks = (free + pages) // 2 * page_bytes // _PADDING_BYTES + 1
        rows = ((_PADDING_BYTES,) for _ in range(blocks))
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO padding VALUES (zeroblob(?))", rows)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        connection.execute("DELETE FROM padding")
        _empty_log(connection, path)
    else:
        connection.execute("DELETE FROM padding")  # of a process that was killed here
    connection.execute("VACUUM")
    _empty_log(connection, path)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _begin_anew(path: Path) -> tuple[sqlite3.Connection, str | None]:
    """Set a damaged database aside and start a new one with what can be read of it.

    Call it with the recording lock. The new one takes its place when it is complete; if it cannot
    be written, the damaged one stays where it is.
    """
    try:
        return _open_sound(path), None  # another process has just done so
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        reason = " ".join(str(error).split())
    saved = salvage(path)
    with atomic_write(path, private=True, durable=True) as file:
        file.write(saved.image)
        file.flush()
        os.fsync(file.fileno())  # a full disk is found while the damaged one is still there
        aside = _set_aside(path)
    if saved.sessions:
        text = _(
            "{path} was damaged ({reason}) and was replaced by what could be "
            "recovered (sessions: {sessions}, seconds: {seconds}); the damaged "
            "file is kept as {aside}"
        )
    else:
        text = _(
            "{path} was damaged ({reason}) and no session could be recovered; the "
            "damaged file is kept as {aside}"
        )
    notice = text.format(
        path=path,
        reason=reason,
        sessions=saved.sessions,
        seconds=saved.seconds,
        aside=aside.name,
    )
    return _open_sound(path), notice


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    unusable = "unsupported file format" in str(error)
    return unusable or not isinstance(error, sqlite3.OperationalError)


def _open_sound(path: Path) -> sqlite3.Connection:
    """Open or create a database and check it.

    Raises:
        StoreError: It is of a newer version.
        sqlite3.DatabaseError: It is damaged.
    """
    owner_only.make_file(path)  # -wal and -shm get the same mode from SQLite
    connection = sqlite3.connect(
        path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = lambda text: text.decode(errors="replace")
    try:
        newest = len(schema.MIGRATIONS)
        if schema.version_of(connection) > newest:
            raise StoreError(
                LazyText(
                    "{path} was written by a newer version of Emotion Overlay: install that "
                    "version again",
                    path=path,
                )
            )
        _check(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: what was committed survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")  # VACUUM writes nothing elsewhere
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        if schema.version_of(connection) < newest:
            schema.migrate(connection)
        _check_tables(connection)
    except BaseException:
        close(connection, path)
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Find damage, also in keys, which would hide rows; 0.2 s for 90 hours of sessions.

    Raises:
        sqlite3.DatabaseError: There is some.
    """
    try:
        check = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except UnicodeDecodeError as error:  # of a name in the message
        raise sqlite3.DatabaseError("its list of tables is damaged") from error
    if check != "ok":
        raise sqlite3.DatabaseError(check)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise sqlite3.DatabaseError("rows without their session")


def _check_tables(connection: sqlite3.Connection) -> None:
    """Find damage in the definitions of tables.

    Raises:
        sqlite3.DatabaseError: There is some.
    """
    for table, sound in schema.SOUND.items():
        try:
            connection.execute(f"SELECT {sound} FROM {table} LIMIT 0")
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise  # locked
            raise sqlite3.DatabaseError(str(error)) from error


def _set_aside(path: Path) -> Path:
    now = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
    aside = path.with_name(f"{profile_files.DAMAGED_PREFIX}{now}")
    for suffix in (*profile_files.DATABASE_SUFFIXES, ""):  # else the new one would get its WAL
        part = path.with_name(path.name + suffix)
        with contextlib.suppress(FileNotFoundError):
            if suffix == "-shm" or (suffix and not part.stat().st_size):
                part.unlink()  # nothing that could not be made again
            else:
                part.replace(aside.with_name(aside.name + suffix))
    return aside


@contextlib.contextmanager
def one_line(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the file system into one line with a fix."""
    try:
        yield
    except sqlite3.Error as error:
        reason = str(error)
        if "locked" in reason:
            fix = LazyText("close the other program that uses it")
        elif "full" in reason:
            fix = LazyText("free some space on that disk")
        else:
            fix = LazyText("check that disk and its permissions")
        raise StoreError(
            LazyText("{path}: {reason}; {fix}", path=path, reason=reason, fix=fix)
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(
            LazyText(
                "{path}: {reason}; {fix}",
                path=path,
                reason=reason,
                fix=LazyText("check that disk and its permissions"),
            )
        ) from error
