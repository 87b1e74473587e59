"""Names of sources and outputs: one that opens, or one line; nothing is left behind."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hypothesis import strategies as st

from overlay.errors import OverlayError
from overlay.outputs import open_output
from overlay.sources import open_source
from tests.fuzz.inputs import Input, as_json, awkward_numbers, awkward_text

_SOURCES = ("webcam", "demo", "auto", "/dev/video", "webcam:/dev/video", "/dev/null", "file")
_OUTPUTS = ("virtual", "virtual:backend=", "virtual:/dev/video", "none", "pipewire", "window", "x")


def inputs() -> st.SearchStrategy[Input]:
    """Names that begin like a source or an output, with a size and a rate."""
    size = st.tuples(*[st.sampled_from((64, 480, 0, -2)) | st.integers(1, 5000)] * 2)
    rate = st.sampled_from((30, 1e-9, 1e9)) | st.floats(-1, 1000)
    return st.one_of(
        st.tuples(st.just("source"), _names(_SOURCES), st.just((64, 64)), st.just(30.0)),
        st.tuples(st.just("output"), _names(_OUTPUTS), size, rate),
    ).map(as_json)


def read(input: Input, folder: Path) -> None:
    """Open it, in an empty folder, read or send one frame, and close it."""
    what, spec, size, fps = json.loads(input.content)
    before = os.getcwd()
    os.chdir(folder)
    try:
        if what == "source":
            with open_source(spec, size=tuple(size), fps=fps, pace=False) as source:
                source.read()
        else:
            with open_output(spec, size=tuple(size), fps=fps):
                pass
    except OverlayError:
        assert not list(folder.iterdir()), "left behind"
        raise
    finally:
        os.chdir(before)


def _names(heads: tuple[str, ...]) -> st.SearchStrategy[str]:
    known = st.sampled_from(heads)
    tail = (
        st.sampled_from((":", ":0", ":99999", ":" + "9" * 5000, ".mp4", ":\u0663")) | awkward_text
    )
    return known | st.builds(str.__add__, known, tail | awkward_numbers.map(str)) | awkward_text
