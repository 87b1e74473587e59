"""Tables that a phone shows as lists: each cell knows the head of its column."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from overlay.monitor.report.markup import Content, tag


def table(heads: Sequence[str], rows: Sequence[Sequence[Content]], kind: str) -> Element:
    """A table whose first cells name their rows.

    Args:
        heads: The heads of the columns; empty for a column that speaks for itself.
        rows: The cells of each row, as many as there are heads.
        kind: The class of the table.
    """
    return tag(
        "table",
        tag("thead", tag("tr", *map(_head, heads))),
        tag("tbody", *(_row(heads, row) for row in rows)),
        class_=kind,
    )


def _head(text: str) -> Element:
    return tag("th", text, scope="col") if text else tag("td")


def _row(heads: Sequence[str], cells: Sequence[Content]) -> Element:
    first, *rest = cells
    return tag(
        "tr",
        tag("th", first, scope="row", data_head=heads[0]),
        *(
            tag("td", cell, data_head=head or None)
            for head, cell in zip(heads[1:], rest, strict=True)
        ),
    )
