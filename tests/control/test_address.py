"""The control channel lies where only its user can reach it."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

from overlay.control.address import Address, addresses, private_address
from overlay.errors import ControlError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix permissions")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_key_are_for_the_owner_alone(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0)
    try:
        monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", str(runtime / "new"))
        address = private_address()
        key = address.write_key()
    finally:
        os.umask(before)
    assert mode(address.folder) == 0o700
    assert mode(address.folder / "control.key") == 0o600
    assert address.read_key() == key
    assert len(key) == 32


def test_every_key_is_another_one(runtime: Path) -> None:
    address = Address(runtime)
    assert address.write_key() != address.write_key()


@pytest.mark.parametrize("shared", [0o1777, 0o755, 0o750])
def test_a_folder_open_to_others_is_refused_and_stays_as_it_is(runtime: Path, shared: int) -> None:
    runtime.chmod(shared)
    with pytest.raises(ControlError, match="open to others"):
        private_address()
    assert mode(runtime) == shared


def test_a_relative_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", "here")
    with pytest.raises(ControlError, match="full path"):
        addresses()


def test_the_current_folder_is_never_the_place(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python takes it for temporary files where it finds no other, and variables may be odd."""
    monkeypatch.chdir(runtime)
    monkeypatch.delenv("EMOTION_OVERLAY_RUNTIME_DIR")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "here")
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    assert not [address for address in addresses() if runtime in address.folder.parents]


class TestWhatTheClientReads:
    def test_a_key_in_a_folder_open_to_others_is_not_trusted(self, runtime: Path) -> None:
        Address(runtime).write_key()
        runtime.chmod(0o777)
        with pytest.raises(PermissionError, match="open to others"):
            Address(runtime).read_key()

    @pytest.mark.skipif(
        sys.platform == "win32" or os.getuid() != 0, reason="only root gives files away"
    )
    @pytest.mark.parametrize("given_away", [".", "control.key"])
    def test_a_key_of_somebody_else_is_not_trusted(self, runtime: Path, given_away: str) -> None:
        Address(runtime).write_key()
        os.chown(runtime / given_away, 12345, 12345)
        with pytest.raises(PermissionError):
            Address(runtime).read_key()

    def test_a_fifo_is_not_waited_for(self, runtime: Path) -> None:
        os.mkfifo(runtime / "control.key")
        with pytest.raises(PermissionError, match="not a file"):
            Address(runtime).read_key()

    def test_a_link_is_not_followed(self, runtime: Path) -> None:
        (runtime / "control.key").symlink_to("/dev/zero")
        with pytest.raises(OSError, match="symbolic link"):
            Address(runtime).read_key()

    def test_no_more_is_read_than_a_key_is_long(self, runtime: Path) -> None:
        (runtime / "control.key").write_bytes(bytes(1 << 20))
        assert len(Address(runtime).read_key()) == 32


@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root gives files away"
)
def test_a_folder_of_somebody_else_is_never_used(runtime: Path) -> None:
    os.chown(runtime, 12345, 12345)
    with pytest.raises(ControlError, match="another user"):
        private_address()


def test_a_link_is_no_folder_of_ours(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (runtime / "real").mkdir()
    (runtime / "link").symlink_to(runtime / "real")
    monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", str(runtime / "link"))
    with pytest.raises(ControlError):
        private_address()


def test_where_there_is_no_runtime_folder_it_is_in_the_temporary_one(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runtime / "file").touch()
    monkeypatch.delenv("EMOTION_OVERLAY_RUNTIME_DIR")
    monkeypatch.setattr(
        platformdirs, "user_runtime_path", lambda *args, **kwargs: runtime / "file" / "app"
    )
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    address = private_address()
    assert address.folder.parent == runtime
    assert address in addresses()


def test_a_path_too_long_for_a_socket_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", "/tmp/" + "x" * 100)
    with pytest.raises(ControlError, match="EMOTION_OVERLAY_RUNTIME_DIR is too long"):
        private_address()


def test_finding_the_place_says_nothing_to_the_user(
    monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.delenv("EMOTION_OVERLAY_RUNTIME_DIR")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert addresses()
    assert not recwarn.list
