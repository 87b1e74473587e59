"""What was read, as JSON lines, CSV and Parquet; rows are written as they come, never collected."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from overlay.errors import MissingExtraError
from overlay.host.atomic_file import output_file
from overlay.scene import EMOTIONS

#: The columns of the tables. `box_...` are in pixels of the input, the names of emotions are their
#: probabilities; see the README.
COLUMNS = (
    *("file", "frame", "time_s", "id", "box_x", "box_y", "box_width", "box_height", "score"),
    *("emotion", "reason", "probability"),
    *EMOTIONS,
)
_WHOLE_NUMBERS = {"frame", "id"}
_TEXTS = {"file", "emotion", "reason"}

#: How many rows of a Parquet file are in memory at a time.
_BATCH = 10_000

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_Row = tuple[Any, ...]


def rows(scene: dict[str, Any]) -> list[_Row]:
    """One row a face of a frame, with values for `COLUMNS`; one without a face if there is none.

    Args:
        scene: As `describe` gives it.
    """
    # A name that is not Unicode, as Linux allows, is shown with escapes.
    file = scene["file"].encode(errors="backslashreplace").decode()
    frame = (file, scene["frame"], scene["time_s"])
    return [(*frame, *_face(face)) for face in scene["faces"] or [{}]]


def write_json(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines of JSON to a file, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    with output_file(path) as file:
        file.writelines(lines)


def write_csv(path: Path, lines: Iterable[bytes]) -> None:
    """Write scenes, as lines of JSON, to a CSV file in UTF-8, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    with output_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_no_formula(row) for row in _rows(lines))
        text.detach()


def write_parquet(path: Path, lines: Iterable[bytes]) -> None:
    """Write scenes, as lines of JSON, to a Parquet file, whole or not at all.

    Raises:
        OutputError: It cannot be written.
        MissingExtraError: There is no pyarrow.
    """
    import_pyarrow()
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    schema = pyarrow.schema([(name, _parquet_type(name)) for name in COLUMNS])
    with output_file(path) as file, ParquetWriter(file, schema) as writer:
        for batch in _batches(_rows(lines)):
            values = zip(*batch, strict=True)
            arrays = [
                pyarrow.array(each, kind) for each, kind in zip(values, schema.types, strict=True)
            ]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def import_pyarrow() -> None:
    """Make sure that Parquet files can be written.

    Raises:
        MissingExtraError: There is no pyarrow.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("--parquet", "pyarrow", "parquet") from error


def _rows(lines: Iterable[bytes]) -> Iterator[_Row]:
    for line in lines:
        yield from rows(json.loads(line))


def _face(face: dict[str, Any]) -> _Row:
    box = face.get("box", (None,) * 4)
    values = (face.get(name) for name in ("score", "emotion", "reason", "probability"))
    probabilities = face.get("probabilities", {})
    return (face.get("id"), *box, *values, *(probabilities.get(name) for name in EMOTIONS))


def _no_formula(row: _Row) -> _Row:
    """The row with a file name that no spreadsheet takes for a formula, and leads there still."""
    return (f"./{row[0]}", *row[1:]) if row[0].startswith(_FORMULA) else row


def _parquet_type(name: str) -> str:
    if name in _TEXTS:
        return "string"
    return "int64" if name in _WHOLE_NUMBERS else "float64"


def _batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch
