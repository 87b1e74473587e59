"""What the overlay says, one JSON file a language; a new language is a new file beside these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from overlay.errors import SettingsError

_FOLDER = Path(__file__).resolve().parent

#: Codes of the languages that have a file, sorted.
SUPPORTED_LANGUAGES: tuple[str, ...] = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


@dataclass(frozen=True, slots=True)
class Language:
    """The wording of one language.

    Attributes:
        name: What its speakers call it.
        emotions: What to write for each of `overlay.scene.EMOTIONS`, and for `UNSURE`.
        percent: A probability, with `{}` where the number goes.
        mark: The mark that says the labels are a machine's estimate.
        placeholders: What to write on the picture sent when there is none, by its key.
        monitor: Wording of the private panel of a recorded session, by its key.
    """

    name: str
    emotions: Mapping[str, str]
    percent: str
    mark: str
    placeholders: Mapping[str, str]
    monitor: Mapping[str, str]


def load_language(code: str) -> Language:
    """The wording of the language with this code, for example `en`.

    Raises:
        SettingsError: There is no file for the language.
    """
    if code not in SUPPORTED_LANGUAGES:
        known = ", ".join(SUPPORTED_LANGUAGES)
        raise SettingsError(f"language {code!r} is not known: choose one of {known}")
    return Language(**json.loads((_FOLDER / f"{code}.json").read_text(encoding="utf-8")))
