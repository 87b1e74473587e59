import numpy as np
import pytest

from overlay.drawing import SUPPORTED_LANGUAGES, SUPPORTED_THEMES, Painter


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize("theme", SUPPORTED_THEMES)
@pytest.mark.parametrize("size", [(1280, 720), (480, 270), (720, 1280), (3, 2), (1, 1), (13, 700)])
def test_it_has_the_asked_size(theme, language, size):
    width, height = size
    picture = Painter(theme=theme, language=language).placeholder(width, height)
    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8


def test_what_it_says_can_be_seen():
    painter = Painter()
    unavailable, paused = (painter.placeholder(640, 360, key) for key in ("unavailable", "paused"))
    differing = np.argwhere((unavailable != paused).any(axis=2))
    (top, left), (bottom, right) = differing.min(axis=0), differing.max(axis=0)
    assert 0.58 * 360 < top < bottom < 0.70 * 360
    assert abs((left + right) / 2 - 320) < 8


def test_it_is_made_once_and_cannot_be_spoilt():
    painter = Painter()
    picture = painter.placeholder(640, 360)
    assert painter.placeholder(640, 360) is picture
    with pytest.raises(ValueError, match="read-only"):
        picture[:] = 0


def test_an_unknown_text_is_an_error():
    with pytest.raises(KeyError):
        Painter().placeholder(64, 36, "nonsense")
