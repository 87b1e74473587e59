"""Processes that misbehave."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

#: Stands for a fault in a decoder.
_FAULTY_DECODER = """\
import os, signal
from PIL import Image
decode = Image.open
def faulty(path, **options):
    with open(path, "rb") as file:
        if b"CRASH" in file.read():
            os.kill(os.getpid(), signal.SIGSEGV)
    return decode(path, **options)
Image.open = faulty
"""


@pytest.fixture
def at_start(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Has Python run some lines whenever a process starts, from now on."""
    folder = tmp_path_factory.mktemp("start")
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    )

    def run(lines: str) -> None:
        (folder / "sitecustomize.py").write_text(lines)

    return run


@pytest.fixture
def faulty_decoder(at_start: Callable[[str], None]) -> None:
    """A decoder that crashes on some pictures, in processes that are started from now on."""
    at_start(_FAULTY_DECODER)
