"""A target that fails in every way that the fuzzer must notice."""

from __future__ import annotations

import faulthandler
import time
from pathlib import Path

from hypothesis import strategies as st

from overlay.errors import OverlayError
from tests.fuzz.inputs import Input


def inputs() -> st.SearchStrategy[Input]:
    """Texts, of which those with an exclamation mark fail."""
    return st.text("ab!", max_size=10).map(lambda text: Input("raises", text.encode()))


def read(input: Input, folder: Path) -> None:
    """Do what the name says."""
    if b"!" not in input.content:
        return
    if input.name == "raises":
        raise LookupError(input.content)
    if input.name == "says nothing":
        raise OverlayError(" ")
    if input.name == "leaves half a file":
        (folder / ".faces.jsonl-0.part").touch()
    elif input.name == "takes memory":
        bytearray(b"x") * 1_600_000_000
    elif input.name == "crashes":
        faulthandler._sigsegv()  # type: ignore[attr-defined]
    elif input.name == "hangs":
        time.sleep(60)
