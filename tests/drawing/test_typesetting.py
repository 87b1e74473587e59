import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from overlay.drawing.typesetting import FONT, Typeface


@pytest.fixture(scope="module")
def typeface():
    return Typeface()


def rendered_by_pillow(text, size):
    """The same font through FreeType, ink only."""
    picture = Image.new("L", (20 * size, 3 * size))
    font = ImageFont.truetype(str(FONT), size, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(picture).text((size, size // 2), text, 255, font)
    return ink(np.asarray(picture))


def ink(mask):
    rows, columns = np.where(mask > 64)
    return mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def likeness(first, second):
    """Correlation of two masks, stretched to the same size."""
    second = cv2.resize(second, first.shape[::-1], interpolation=cv2.INTER_AREA)
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


@pytest.mark.parametrize("text", ["happy 93 %", "AI estimate", "surprise"])
@pytest.mark.parametrize("size", [14, 24, 48])
def test_latin_text_looks_as_freetype_draws_it_and_not_like_its_mirror(typeface, text, size):
    drawn, reference = ink(typeface.mask(text, size)), rendered_by_pillow(text, size)
    assert np.abs(np.subtract(drawn.shape, reference.shape)).max() <= 2
    upright = likeness(reference, drawn)
    assert upright > 0.85
    # Small letters keep two lines however they are turned, and so some likeness.
    assert likeness(reference, drawn[:, ::-1]) < upright - 0.15
    assert likeness(reference, drawn[::-1]) < upright - 0.15


def test_a_devanagari_vowel_sign_stands_where_it_is_read(typeface):
    # The sign i is stored after the letter and written before it.
    letter, syllable = ink(typeface.mask("क", 60)), ink(typeface.mask("कि", 60))
    below = letter.shape[0] // 3
    body = letter[-2 * below :, :]
    columns = body.shape[1]
    right = syllable[-2 * below :, -columns:]
    left = syllable[-2 * below :, :columns]
    assert likeness(body, right) > 0.9 > 0.6 > likeness(body, left)


def test_devanagari_consonants_join(typeface):
    joined = ink(typeface.mask("क्ष", 60)).shape[1]
    apart = ink(typeface.mask("क", 60)).shape[1] + ink(typeface.mask("ष", 60)).shape[1]
    assert joined < 0.8 * apart


def test_each_word_of_a_line_is_shaped_in_its_own_script(typeface):
    mixed, alone = ink(typeface.mask("happy आश्चर्य", 40)), ink(typeface.mask("आश्चर्य", 40))
    end = ink(mixed[:, -alone.shape[1] :])
    assert likeness(alone, end) > 0.95


def test_words_of_a_right_to_left_line_stand_in_reverse(typeface):
    # The font has no Hebrew; the number of the line shows the order.
    line = typeface.mask("שלום 88", 40)
    number = ink(typeface.mask("88", 40))
    assert likeness(number, ink(line[:, : number.shape[1] + 2])) > 0.95


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_empty_text_is_an_empty_mask(typeface, text):
    assert not typeface.mask(text, 20).any()
