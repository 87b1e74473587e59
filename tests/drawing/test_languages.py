from typing import get_args

import pytest
import uharfbuzz as hb

from overlay.drawing import SUPPORTED_LANGUAGES
from overlay.drawing.languages import load_language
from overlay.drawing.typesetting import FONT
from overlay.errors import SettingsError
from overlay.scene import EMOTIONS, UNSURE, Reason


def test_english_and_hindi_are_there():
    assert {"en", "hi"} <= set(SUPPORTED_LANGUAGES)


@pytest.mark.parametrize("code", SUPPORTED_LANGUAGES)
def test_a_language_words_everything(code):
    language = load_language(code)
    assert set(language.emotions) == {*EMOTIONS, UNSURE}
    assert set(language.reasons) == set(get_args(Reason))
    assert set(language.placeholders) == set(load_language("en").placeholders)
    assert set(language.monitor) == set(load_language("en").monitor)
    assert len(set(language.emotions.values())) == len(EMOTIONS) + 1
    assert "93" in language.percent.format(93)


@pytest.mark.parametrize("code", SUPPORTED_LANGUAGES)
def test_the_shipped_font_has_every_letter_of_a_language(code):
    language = load_language(code)
    texts = [
        *language.emotions.values(),
        *language.reasons.values(),
        *language.placeholders.values(),
        language.mark,
    ]
    texts += [text.format(seen=0, observed=0, minutes=0) for text in language.monitor.values()]
    letters = {letter for text in texts for letter in text} | set(language.percent.format("0"))
    font = hb.Font(hb.Face(hb.Blob.from_file_path(str(FONT))))
    missing = {letter for letter in letters if not font.get_nominal_glyph(ord(letter))}
    assert not missing


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"'xx' is not known: .*en.*hi"):
        load_language("xx")
