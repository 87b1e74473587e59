from __future__ import annotations

import pytest

from overlay.doctor import Machine
from overlay.doctor.settings import check_settings, set_aside_settings


@pytest.fixture
def file(home):
    (home / "config").mkdir(parents=True)
    return home / "config/settings.toml"


def test_no_file_is_fine():
    assert check_settings(Machine()).state == "ok"


def test_a_file_that_can_be_used(file):
    file.write_text('theme = "light"\n')
    finding = check_settings(Machine())
    assert (finding.state, finding.message) == ("ok", f"{file} can be used")


def test_a_broken_file_is_left_alone_until_it_is_fixed(file):
    content = 'boxes = true\ntheme = "light\n'
    file.write_text(content)
    finding = check_settings(Machine())
    assert (finding.state, finding.fixable) == ("warning", True)
    assert "line 2" in finding.message
    assert file.read_text() == content

    assert "kept as settings.toml.broken-" in set_aside_settings(Machine())
    assert not file.exists()
    (aside,) = file.parent.iterdir()
    assert aside.read_text() == content
    assert check_settings(Machine()).state == "ok"


def test_a_value_that_cannot_be_used_is_named_and_not_touched(file):
    file.write_text("boxes = true\nfps = 0\n")
    finding = check_settings(Machine())
    assert (finding.state, finding.fixable) == ("warning", False)
    assert "line 2: setting fps must be a number from 1 to 120, not 0" in finding.message
    assert finding.fix == f"correct it in {file}"
    assert "fps = 0" in file.read_text()


def test_an_unknown_setting_is_named_and_not_touched(file):
    file.write_text('them = "light"\n')
    finding = check_settings(Machine())
    assert (finding.state, finding.fixable) == ("warning", False)
    assert "did you mean theme?" in finding.message
