"""What the commands of a class say where they cannot do what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from overlay.classroom import extra, lesson_file
from overlay.cli import main
from overlay.control import ControlServer


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lesson_file, "data_dir", lambda: tmp_path)


def refused(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line with which a command ends."""
    with pytest.raises(SystemExit) as ended:
        main(["class", *words])
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


CODE = "7KQM-2XPA-9VTC-4HJB"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["open", "Physics"], "--broker local"),
        (["open", "Physics", "--broker", "http://x"], "mqtts://"),
        (["open", "", "--broker", "local", "--confirm"], "give the class a title"),
        (["open", "--resume", "--confirm"], "no unfinished class"),
        (["close"], "no unfinished class"),
        (["join", "7KQM"], "16 letters and digits"),
        (["join", CODE], "typing error"),
        (["leave"], "it is not running"),
    ],
)
def test_one_line_says_what_to_do(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(words, capsys)


@pytest.mark.parametrize("missing", ["nacl", "paho", "qrcode", "amqtt"])
def test_without_the_extra_one_line_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = extra.find_spec
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == missing else found(name))
    line = refused(["open", "Physics", "--broker", "local", "--confirm"], capsys)
    assert "emotion-overlay[class]" in line


def test_without_a_terminal_nothing_is_opened_unconfirmed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["class", "open", "Physics", "--broker", "local"])
    said = capsys.readouterr()
    assert "Article 5(1)(f)" in said.out
    assert "--confirm" in said.err


def test_a_class_is_opened_in_the_language_of_the_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_LANGUAGE", "hi")
    with pytest.raises(SystemExit):
        main(["class", "open", "Physics", "--broker", "local"])
    said = capsys.readouterr()
    assert said.out.startswith("कक्षा खोलने से पहले")
    assert "कोई कक्षा नहीं खुली" in said.err


def test_an_application_that_cannot_share_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    from overlay.app import App
    from overlay.classroom.protocol import BoardKeys
    from overlay.settings import Settings

    with ControlServer() as server:
        server.serve(App(Settings(source="demo", output="none")))
        line = refused(["join", BoardKeys().code, "--broker", "mqtt://127.0.0.1"], capsys)
    assert "cannot share with a class" in line
