"""What labelled files are called in the folder they are saved in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from posixpath import splitext

from overlay.pictures import WRITABLE_SUFFIXES
from overlay.sources.file_kind import Kind


def output_names(files: Sequence[tuple[str, Kind]]) -> list[str]:
    """Name labelled files after what they show.

    A picture keeps its name where its format can be written and is a PNG otherwise (an MPO, which
    is a JPEG, becomes a .jpg); a video is an .mp4. Where two would get the same name, also on a
    disk that ignores case, the one that does not need to change comes first:
    `a.png`, `a.gif`, `b/a.gif` give `a.png`, `a.gif.png`, `b/a.png`.

    Args:
        files: Name, with `/` between the parts of its path, and kind of each file.

    Returns:
        A name for each, in their order; no two are the same.
    """
    suffixes = [_suffix(name, kind) for name, kind in files]
    names = [""] * len(files)
    taken: set[str] = set()
    changed = [not name.endswith(suffix) for (name, _), suffix in zip(files, suffixes, strict=True)]
    for index in sorted(range(len(files)), key=lambda index: changed[index]):
        candidates = _candidates(files[index][0], suffixes[index])
        names[index] = next(name for name in candidates if name.casefold() not in taken)
        taken.add(names[index].casefold())
    return names


def _suffix(name: str, kind: Kind) -> str:
    suffix = splitext(name)[1]
    if kind == "video":
        return suffix if suffix.lower() == ".mp4" else ".mp4"
    if suffix.lower() in WRITABLE_SUFFIXES:
        return suffix
    return ".jpg" if suffix.lower() == ".mpo" else ".png"


def _candidates(name: str, suffix: str) -> Iterator[str]:
    stem, own = splitext(name)
    yield stem + suffix
    if own != suffix:
        yield name + suffix
    yield from (f"{stem}-{number}{suffix}" for number in count(2))
