"""What students write themselves: notes at moments, and answers to questions about them."""

from __future__ import annotations

from overlay.errors import StoreError
from overlay.language import LazyText
from overlay.logs import keep_out
from overlay.printable import printable

#: The longest note, in characters.
LONGEST = 1000


def tidy(text: str) -> str:
    """A note as it is kept: one line, without surrounding spaces. It gets into no log.

    Raises:
        StoreError: It is too long.
    """
    note = printable(" ".join(text.split()))
    if len(note) > LONGEST:
        raise StoreError(
            LazyText(
                "the note has {count} characters: use at most {longest}",
                count=len(note),
                longest=LONGEST,
            )
        )
    keep_out(note)
    return note
