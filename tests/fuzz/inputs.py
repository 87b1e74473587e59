"""Inputs for fuzz targets: sound files that were damaged, and values of the wrong kind."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

#: Where a file's header ends, roughly; damage there does more than elsewhere.
_HEADER_BYTES = 128

#: Numbers on the edge of something.
_EDGES = (0, 1, 2, -1, 127, 255, 256, 2**15 - 1, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**63)


@dataclass(frozen=True, slots=True)
class Input:
    """One input: a file, whatever the target makes of it.

    Attributes:
        name: The file's name.
        content: What is in it.
    """

    name: str
    content: bytes

    def __repr__(self) -> str:
        beginning = reprlib.repr(self.content)
        return f"Input({self.name!r}, {beginning}, {len(self.content)} bytes)"


def as_json(value: Any, name: str = "input.json") -> Input:
    """An input that is not a file by nature, kept as JSON so that it can be replayed."""
    return Input(name, json.dumps(value).encode())


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """A sound file with up to eight places overwritten, removed, repeated or cut off."""
    positions = st.integers(0, min(len(content), _HEADER_BYTES)) | st.integers(0, len(content))
    edits = st.tuples(
        st.sampled_from(("write", "write", "write", "remove", "insert", "repeat", "cut")),
        positions,
        _pieces,
    )
    return st.lists(edits, max_size=8).map(lambda found: _edited(content, found))


def _numbers() -> st.SearchStrategy[bytes]:
    """Edge cases as bytes of every width and order."""
    return st.builds(
        lambda number, width, order: (number % 2 ** (8 * width)).to_bytes(width, order),
        st.sampled_from(_EDGES),
        st.sampled_from((1, 2, 4, 8)),
        st.sampled_from(("big", "little")),
    )


_pieces = st.binary(min_size=1, max_size=8) | _numbers()


def _edited(content: bytes, edits: list[tuple[str, int, bytes]]) -> bytes:
    result = bytearray(content)
    for kind, position, piece in edits:
        end = position + len(piece)
        if kind == "write":
            result[position:end] = piece
        elif kind == "remove":
            del result[position:end]
        elif kind == "insert":
            result[position:position] = piece
        elif kind == "repeat":
            result[position:position] = result[position : position + 16 * len(piece)]
        else:
            del result[position:]
    return bytes(result)


#: Text with everything that terminals, files and parsers find hard; U+DCFF stands for a byte that
#: is no UTF-8, as Python has it in options and names of files.
awkward_text = st.text(max_size=20) | st.text(
    st.sampled_from("\0\n\r\t\x1b\"'\\/:.,;=[]{}#%$*?-_ 0AaéΩ\u202e\U0001f600\udcff"), max_size=12
)

awkward_numbers = (
    st.sampled_from(_EDGES)
    | st.integers()
    | st.floats()
    | st.sampled_from((1e308, -1e308, 10**400, 0.1))
)

#: Any JSON value, and what Python's parser takes for one besides (NaN, Infinity).
json_values = st.recursive(
    st.none() | st.booleans() | awkward_numbers | awkward_text | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(awkward_text, inner, max_size=4),
    max_leaves=12,
)


def json_like(sound: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """A sound JSON object with values replaced, taken away or added, or its text damaged."""
    changes = st.lists(st.tuples(st.integers(0, 10**6), st.just(None) | json_values), max_size=4)
    changed = changes.map(lambda found: _to_bytes(_changed(sound, found)))
    return changed | damaged(_to_bytes(sound)) | json_values.map(_to_bytes) | _deep


#: Nested deeper than parsers go.
_deep = st.sampled_from((b"[" * 100_000, b'{"a":' * 50_000 + b"1" + b"}" * 50_000))


def _to_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


def _changed(sound: Any, changes: list[tuple[int, Any]]) -> Any:
    value = json.loads(json.dumps(sound))
    for number, change in changes:
        places = list(_places(value))
        if not places:
            continue
        holder, key = places[number % len(places)]
        if change is None and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = change
    return value


def _places(value: Any) -> Any:
    """Every place in a JSON value that holds another one."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in list(keys):
        yield value, key
        yield from _places(value[key])
