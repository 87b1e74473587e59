"""JSON of others is an object, or a ValueError; never another exception."""

from __future__ import annotations

import pytest

from overlay.json_object import parse_object


def test_an_object_is_parsed_from_text_and_from_bytes() -> None:
    assert parse_object('{"name": "अ"}') == {"name": "अ"}
    assert parse_object('{"name": "अ"}'.encode()) == {"name": "अ"}


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b"7", b"\xff\xfe\xff", b"[" * 100_000, b'{"a":' * 100_000, "{}{}"],
    ids=lambda text: repr(text[:6]),
)
def test_anything_else_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_object(text)
