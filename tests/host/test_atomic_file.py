from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from overlay.host.atomic_file import atomic_write
from tests.full_disk import run_on_full_disk


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
    code = (
        "from pathlib import Path\n"
        "from overlay.host.atomic_file import atomic_write\n"
        "with atomic_write(Path(sys.argv[1])) as file: file.write(bytes(100))"
    )
    done = run_on_full_disk(code, path, limit=10)
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


@pytest.mark.parametrize("durable", [True, False])
def test_what_must_be_durable_is_on_the_disk_before_it_takes_its_place(path, durable, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append(path.read_bytes()))
    with atomic_write(path, durable=durable) as file:
        file.write(b"new")
    assert synced == ([b"old"] if durable else [])


class TestWhatIsNoRegularFile:
    """It is written through, and stays what it is."""

    pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: Unix files")

    def test_a_link_stays_a_link_and_its_file_is_written(self, path):
        link = path.with_name("link")
        link.symlink_to(path.name)
        with atomic_write(link) as file:
            file.write(b"new")
            assert path.read_bytes() == b"old"
        assert link.is_symlink()
        assert path.read_bytes() == b"new"

    def test_a_link_to_nothing_makes_the_file_that_it_names(self, tmp_path):
        (tmp_path / "folder").mkdir()
        link = tmp_path / "link"
        link.symlink_to("folder/file")
        with atomic_write(link) as file:
            file.write(b"new")
        assert link.is_symlink()
        assert (tmp_path / "folder" / "file").read_bytes() == b"new"

    def test_a_fifo_gets_what_is_written(self, tmp_path):
        fifo = tmp_path / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
            with atomic_write(fifo) as file:
                file.write(b"new")
            assert reader.communicate()[0] == b"new"
        assert stat.S_ISFIFO(fifo.stat().st_mode)

    @pytest.mark.skipif(
        sys.platform == "win32" or os.getuid() != 0, reason="PLATFORM: only root makes devices"
    )
    def test_a_device_stays_a_device(self, tmp_path):
        null = tmp_path / "null"
        try:
            os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        except PermissionError:
            pytest.skip("PLATFORM: no devices can be made here")
        with atomic_write(null) as file:
            file.write(b"new")
        assert stat.S_ISCHR(null.stat().st_mode)

    def test_standard_output_is_written_where_it_leads(self, tmp_path):
        script = (
            "from pathlib import Path; from overlay.host.atomic_file import atomic_write\n"
            "with atomic_write(Path('/dev/stdout')) as file: file.write(b'new')"
        )
        with open(tmp_path / "out", "w+b") as out:
            subprocess.run([sys.executable, "-c", script], stdout=out, check=True)
            out.seek(0)
            assert out.read() == b"new"
        assert [each.name for each in tmp_path.iterdir()] == ["out"]
