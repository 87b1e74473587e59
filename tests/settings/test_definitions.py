"""Settings are validated, and a wrong one is named in one line."""

from __future__ import annotations

import contextlib

import pytest

from overlay.errors import SettingsError
from overlay.settings.definitions import Settings, make_settings, parse_setting


def test_the_default_shows_labels_only_to_the_user() -> None:
    assert Settings().mode == "only-me"


def test_values_that_were_not_given_keep_their_defaults() -> None:
    assert make_settings(mode="on-air", fps=None) == Settings(mode="on-air")


@pytest.mark.parametrize(
    ("name", "value", "demand"),
    [
        ("mode", "loud", "off, only-me or on-air, not 'loud'"),
        ("theme", "pink", "dark or light, not 'pink'"),
        ("language", "tlh", "auto, en or hi, not 'tlh'"),
        ("width", 1281, "an even whole number from 64 to 3840, not 1281"),
        ("fps", "fast", "a number from 1 to 120, not 'fast'"),
        ("bars", "maybe", "true or false, not 'maybe'"),
        ("consent", -1, "a whole number of at least 0, not -1"),
        ("source", "", "a text, not ''"),
    ],
)
def test_a_wrong_value_is_told_what_would_be_right(name: str, value: object, demand: str) -> None:
    with pytest.raises(SettingsError) as caught:
        make_settings(**{name: value})
    assert str(caught.value) == f"setting {name} must be {demand}"


def test_text_becomes_the_setting_s_value() -> None:
    assert parse_setting("width", "640") == 640
    assert parse_setting("window-on-top", "yes") is True
    with pytest.raises(SettingsError, match="unknown setting them, did you mean theme"):
        parse_setting("them", "light")


def test_what_may_name_a_person_is_private() -> None:
    settings = Settings(source="webcam:Ada's phone", output="ada.mp4", student="Ada")
    assert set(settings.private_texts) == {"Ada", "Ada's phone", "ada.mp4"}
    assert Settings(source="demo:9", output="virtual:/dev/video4").private_texts == ()


def test_the_url_of_a_camera_is_private_and_shown_without_what_gives_access():
    settings = Settings(source="rtsp://ana:1234@cam.lan:554/live/K3Y77?token=abc%21def")
    assert settings.shown_source == "rtsp://cam.lan:554"
    assert set(settings.private_texts) == {
        settings.source,
        "rtsp://ana:1234@cam.lan:554/live/K3Y77?token=abc!def",
        *("ana", "1234", "live/K3Y77", "token=abc%21def", "token=abc!def"),
    }
    assert Settings(source="lesson.mp4").shown_source == "lesson.mp4"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "loud"),
        ("width", 1281),
        ("height", 0),
        ("fps", 0),
        ("fps", float("nan")),
        ("scale", 99),
        ("theme", "pink"),
        ("source", ""),
        ("source", "zero\0"),
        ("output", "zero\0.mp4"),
        ("unknown", 1),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_it(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        make_settings(**{name: value})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_value_that_is_no_text_is_taken_or_refused_in_a_line(name: str) -> None:
    # Half a character, or a byte of another encoding in a variable.
    for text in ("\ud800", "\udcff"):
        with contextlib.suppress(SettingsError):
            parse_setting(name, text)
