"""A picture that crashes its decoder is left out, and costs no other one."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import zlib
from multiprocessing.connection import Connection
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest

from overlay import analysis, resources
from overlay.analysis import analyze, pictures
from overlay.analysis._picture_process import read_pictures
from overlay.analysis.pictures import Pictures
from overlay.errors import ModelError, OutputError, SourceError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from overlay.sources.image import load_image
from tests.engine.waiting import until
from tests.linux_machine import linux_only

#: Stands for a fault in a decoder: Python runs it when a process starts.
_FAULTY_DECODER = """\
import os, signal
import cv2
decode = cv2.imdecode
def imdecode(data, flags):
    if b"CRASH" in data.tobytes():
        os.kill(os.getpid(), signal.SIGSEGV)
    return decode(data, flags)
cv2.imdecode = imdecode
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="PLATFORM: has no signals")


@pytest.fixture
def faulty_decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder that crashes on some pictures, in processes that are started from now on."""
    folder = tmp_path / "faulty"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_FAULTY_DECODER)
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures: two portraits, one that crashes the faulty decoder, one that is no picture."""
    folder = tmp_path / "in"
    folder.mkdir()
    portrait = cv2.imencode(".png", cv2.imread(str(PORTRAIT)))[1].tobytes()
    for name in ("1.png", "3.png"):
        (folder / name).write_bytes(portrait)
    (folder / "2.png").write_bytes(portrait + b"CRASH")
    (folder / "4.png").write_bytes(b"no picture")
    (folder / "5.png").write_bytes(portrait + b"CRASH")
    return folder


@pytest.mark.usefixtures("faulty_decoder")
def test_the_others_are_read_labelled_and_written(tmp_path: Path, folder: Path) -> None:
    saved, numbers = tmp_path / "out", tmp_path / "faces.jsonl"
    done = analyze(str(folder), save=saved, json_path=numbers, settings=Settings())
    assert done.warnings == [
        "2.png was left out: the decoder crashed on it",
        "4.png was left out: it cannot be decoded",
        "5.png was left out: the decoder crashed on it",
    ]
    assert (done.frames, done.faces) == (2, 2)
    scenes = [json.loads(line) for line in numbers.read_text().splitlines()]
    assert [(scene["file"], scene["frame"]) for scene in scenes] == [("1.png", 0), ("3.png", 1)]
    assert sorted(path.name for path in saved.iterdir()) == ["1.png", "3.png"]


@pytest.mark.usefixtures("faulty_decoder")
def test_where_nothing_could_be_read_it_is_said_and_nothing_is_left(
    tmp_path: Path, folder: Path
) -> None:
    for name in ("1.png", "3.png"):
        (folder / name).unlink()
    saved, numbers = tmp_path / "out", tmp_path / "faces.jsonl"
    with pytest.raises(SourceError, match="crashes the decoder"):
        analyze(str(folder), save=saved, json_path=numbers, settings=Settings())
    assert not saved.exists()
    assert not numbers.exists()


def test_no_process_is_left(folder: Path) -> None:
    with Pictures([folder / "1.png"], Settings(), save={}, in_folder=False) as pictures:
        (scene,) = pictures
        assert scene is not None
        (process,) = [p for p in multiprocessing.active_children() if p.name == "pictures"]
    assert not process.is_alive()


@linux_only
def test_it_ends_with_the_process_that_started_it(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import multiprocessing, os, signal, sys\n"
        "from pathlib import Path\n"
        "from overlay.analysis.pictures import Pictures\n"
        "from overlay.settings import Settings\n"
        "if __name__ == '__main__':\n"
        "    pictures = Pictures([Path(sys.argv[1])], Settings(), save={}, in_folder=False)\n"
        "    assert list(pictures) != [None]\n"
        "    print(multiprocessing.active_children()[0].pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(folder / "1.png")],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(analysis.__file__).parents[2])},
    )
    assert done.returncode == -signal.SIGKILL
    command = Path(f"/proc/{int(done.stdout)}/cmdline")
    until(lambda: not command.exists() or not command.read_bytes(), "it has ended", 30)


def _read_without_models(connection: Connection, settings: Settings) -> None:
    """What runs in the process of an installation from which the models have gone."""
    with mock.patch.object(resources, "models_dir", return_value=Path("/nowhere")):
        read_pictures(connection, settings)


def test_errors_come_through(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(OutputError, match="no folder can be made there"):
        analyze(str(folder), save=tmp_path / "out", json_path=None, settings=Settings())
    monkeypatch.setattr(pictures, "read_pictures", _read_without_models)
    with pytest.raises(ModelError, match="install the application again"):
        analyze(str(folder), save=None, json_path=None, settings=Settings())


def test_a_device_or_a_fifo_is_not_read(tmp_path: Path) -> None:
    fifo = tmp_path / "picture.png"
    os.mkfifo(fifo)
    assert load_image(fifo) is None
    for name in (fifo, "/dev/null"):
        with pytest.raises(SourceError, match="is a device"):
            analyze(str(name), save=None, json_path=None, settings=Settings())


def _black_png(width: int, height: int) -> bytes:
    """A black picture of any size in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + sum_.to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    pixels = zlib.compress(bytes((1 + -(-width // 8)) * height), 9)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_picture_too_large_for_the_memory_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(_black_png(17_000, 17_000))
    assert path.stat().st_size < 50_000
    assert load_image(path) is None
    path.write_bytes(_black_png(4_000, 3_000))
    image = load_image(path)
    assert image is not None
    assert image.shape == (3_000, 4_000, 3)
    assert not np.any(image)
