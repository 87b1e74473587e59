from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overlay.atomic_file import atomic_write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.json"
    path.write_bytes(b"old")
    return path


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(path):
    with atomic_write(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(path, error):
    def write_half() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the limit is Linux's")
def test_a_file_that_finds_no_room_leaves_the_old_one(path):
    script = (
        "import resource, signal, sys; from pathlib import Path;"
        "from overlay.atomic_file import atomic_write;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "with atomic_write(Path(sys.argv[1])) as file: file.write(bytes(100))"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True)
    assert "OSError" in done.stderr
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_the_callers_to_make(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "missing" / "file"):
        pass


def test_a_folder_stays_a_folder(path):
    with pytest.raises(OSError), atomic_write(path.parent) as file:  # noqa: PT011
        file.write(b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["a" * 255, "ओ" * 85, "🙂" * 63])
def test_the_longest_names_can_be_written(tmp_path, name):
    with atomic_write(tmp_path / name) as file:
        file.write(b"new")
    assert (tmp_path / name).read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: Windows has no such modes")
@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o640)])
def test_only_the_owner_reads_what_is_private_and_the_umask_decides_for_the_rest(
    path, private, mode
):
    path.chmod(0o666)
    before = os.umask(0o027)
    try:
        with atomic_write(path, private=private) as file:
            assert os.fstat(file.fileno()).st_mode & 0o777 == mode
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("lasting", [True, False])
def test_what_must_last_is_on_the_disk_before_it_takes_its_place(path, lasting, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_bytes()))
    with atomic_write(path, durable=lasting) as file:
        file.write(b"new")
    assert synced == ([b"old"] if lasting else [])
