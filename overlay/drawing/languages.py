"""The words that are drawn into the picture, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from overlay.errors import SettingsError
from overlay.language import LANGUAGES, LazyText, catalogue

#: Codes of the languages that labels can have.
SUPPORTED_LANGUAGES: tuple[str, ...] = LANGUAGES


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language.

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
    """The words of the language with this code, for example `en`.

    Raises:
        SettingsError: There is no such language.
    """
    if code not in SUPPORTED_LANGUAGES:
        known = ", ".join(SUPPORTED_LANGUAGES)
        raise SettingsError(
            LazyText(
                "language {code!r} is not known: choose one of {known}", code=code, known=known
            )
        )
    _, pgettext = catalogue(code).gettext, catalogue(code).pgettext
    return Language(
        name=pgettext("the name of this language, in itself", "English"),
        emotions={
            "angry": _("angry"),
            "disgust": _("disgust"),
            "fear": _("fear"),
            "happy": _("happy"),
            "sad": _("sad"),
            "surprise": _("surprise"),
            "neutral": _("neutral"),
            "unsure": _("unsure"),
        },
        reasons={
            "covered": _("mouth covered"),
            "turned": _("turned away"),
            "dark": _("too dark"),
            "small": _("too small"),
            "blurred": _("blurred"),
        },
        percent=_("{} %"),
        mark=_("AI estimate"),
        placeholders={"unavailable": _("Camera unavailable"), "paused": _("Video paused")},
        monitor={
            "recording": _("Recording"),
            "paused": _("Recording paused"),
            "unsaved": _("Not saved now"),
            "absent": _("no face"),
            "unidentified": _("not sure it is you"),
            "present": _("you were seen {seen} of {observed}"),
            "span": _("last {minutes} min"),
        },
    )
