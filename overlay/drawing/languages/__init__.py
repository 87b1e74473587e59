"""The wording of the overlay, one JSON file per language; a new file adds a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from overlay.errors import SettingsError
from overlay.json_object import parse_object

_FOLDER = Path(__file__).resolve().parent

#: Codes of the languages that have a file, sorted.
SUPPORTED_LANGUAGES: tuple[str, ...] = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@dataclass(frozen=True, slots=True)
class Language:
    """The wording of one language.

    Attributes:
        name: The language's own name.
        emotions: The word for each of `overlay.scene.EMOTIONS` and for `UNSURE`.
        reasons: Why a face is unsure, for each of `overlay.scene.Reason`.
        percent: A probability, with `{}` in place of the number.
        mark: The mark that says that the labels are a machine's estimate.
        placeholders: Texts of the picture sent when the camera delivers none, by key.
        monitor: Texts of the private panel of a recording, by key.
    """

    name: str
    emotions: Mapping[str, str]
    reasons: Mapping[str, str]
    percent: str
    mark: str
    placeholders: Mapping[str, str]
    monitor: Mapping[str, str]


@cache
def load_language(code: str) -> Language:
    """The wording of the language with this code, for example `en`.

    Raises:
        SettingsError: There is no file for the language, or it is damaged.
    """
    if code not in SUPPORTED_LANGUAGES:
        known = ", ".join(SUPPORTED_LANGUAGES)
        raise SettingsError(f"language {code!r} is not known: choose one of {known}")
    path = _FOLDER / f"{code}.json"
    try:
        return TypeAdapter(Language).validate_python(parse_object(path.read_bytes()))
    except (OSError, ValueError) as error:  # pydantic's errors are ValueErrors, too
        raise SettingsError(f"{path} cannot be used; install the application again") from error
