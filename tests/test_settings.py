"""Settings are validated, and a wrong one is named in one line."""

from __future__ import annotations

import pytest

from overlay.errors import SettingsError
from overlay.settings import Settings, make_settings


def test_the_default_shows_labels_only_to_the_user() -> None:
    assert Settings().mode == "only-me"


def test_values_that_were_not_given_keep_their_defaults() -> None:
    assert make_settings(mode="on-air", fps=None) == Settings(mode="on-air")


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
        ("unknown", 1),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_it(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        make_settings(**{name: value})
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
