"""`emotion-overlay settings` shows and changes settings, and moves no file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from overlay import cli
from overlay.app import App
from overlay.control import ControlServer
from overlay.settings import Settings
from overlay.settings.file import SettingsFile


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SettingsFile:
    monkeypatch.setenv("EMOTION_OVERLAY_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    return SettingsFile()


@pytest.fixture
def app(file: SettingsFile) -> Iterator[App]:
    """A running application without an engine at work."""
    with ControlServer() as server:
        app = App(Settings(source="demo", output="none"), file=file)
        server.serve(app)
        yield app


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["settings", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


class TestShowing:
    @pytest.mark.parametrize("arguments", [(), ("--json",), ("set", "theme", "light")])
    @pytest.mark.parametrize("content", [b"theme = \n", b"mode = 'loud'\n", b"x = 'caf\xe9'"])
    def test_a_file_with_a_mistake_is_reported_and_stays_where_it_is(
        self,
        capsys: pytest.CaptureFixture[str],
        file: SettingsFile,
        content: bytes,
        arguments: tuple[str, ...],
    ) -> None:
        file.path.write_bytes(content)
        _, _, err = call(capsys, *arguments)
        assert str(file.path) in err or arguments[:1] == ("set",)
        assert [path.name for path in file.path.parent.iterdir()] == ["settings.toml"]
        if arguments[:1] != ("set",):
            assert file.path.read_bytes() == content

    def test_no_name_is_cut(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setenv("EMOTION_OVERLAY_STANDBY_WHEN_UNUSED", "true")
        code, out, _ = call(capsys)
        assert code == 0
        for name in (*Settings.model_fields, "EMOTION_OVERLAY_STANDBY_WHEN_UNUSED"):
            assert name in out.split()
        assert max(map(len, out.splitlines()[:-1])) <= 60


class TestSetting:
    def test_a_value_goes_into_the_file(
        self, capsys: pytest.CaptureFixture[str], file: SettingsFile
    ) -> None:
        code, out, err = call(capsys, "set", "idle-minutes", "30")
        assert (code, err) == (0, "")
        assert out == f"idle_minutes = 30.0 in {file.path}\n"
        assert file.load().values == {"idle_minutes": 30.0}
        shown = json.loads(call(capsys, "--json")[1])
        assert shown["settings"]["idle_minutes"] == {"value": 30.0, "origin": "file"}

    def test_the_running_application_uses_it_at_once(
        self, capsys: pytest.CaptureFixture[str], file: SettingsFile, app: App
    ) -> None:
        code, out, _ = call(capsys, "set", "bars", "true")
        assert code == 0
        assert app.settings.bars is True
        assert "the running application uses it now" in out
        assert file.load().values == {"bars": True}

    def test_what_the_running_application_refuses_is_not_saved(
        self,
        capsys: pytest.CaptureFixture[str],
        file: SettingsFile,
        app: App,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def refuse(**values: object) -> None:
            from overlay.errors import OutputError

            raise OutputError("turn the camera off in the call first")

        monkeypatch.setattr(app, "change", refuse)
        code, _, err = call(capsys, "set", "width", "640")
        assert code == 2
        assert err == "emotion-overlay: turn the camera off in the call first\n"
        assert not file.path.exists()

    def test_the_mode_is_for_the_next_start(
        self, capsys: pytest.CaptureFixture[str], file: SettingsFile, app: App
    ) -> None:
        code, out, _ = call(capsys, "set", "mode", "off")
        assert code == 0
        assert "takes effect at the next start" in out
        assert app.settings.mode == "only-me"
        assert file.load().values == {"mode": "off"}

    def test_a_variable_that_comes_first_is_named(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("EMOTION_OVERLAY_THEME", "dark")
        out = call(capsys, "set", "theme", "light")[1]
        assert "EMOTION_OVERLAY_THEME comes first" in out

    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("theme", "pink", "must be dark or light, not 'pink'"),
            ("them", "light", "did you mean theme?"),
            ("consent", "1", "`emotion-overlay agree`"),
        ],
    )
    def test_what_cannot_be_set_is_said_in_one_line(
        self,
        capsys: pytest.CaptureFixture[str],
        file: SettingsFile,
        name: str,
        value: str,
        reason: str,
    ) -> None:
        code, out, err = call(capsys, "set", name, value)
        assert (code, out) == (2, "")
        assert reason in err
        assert len(err.splitlines()) == 1
        assert not file.path.exists()

    @pytest.mark.parametrize(
        ("words", "offered"),
        [("theme ", {"dark", "light"}), ("bars ", {"true", "false"}), ("thi ", set())],
    )
    def test_the_shell_completes_values(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        words: str,
        offered: set[str],
    ) -> None:
        monkeypatch.setenv("_EMOTION_OVERLAY_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", f"emotion-overlay settings set {words}")
        monkeypatch.setenv("COMP_CWORD", "4")
        with pytest.raises(SystemExit):
            cli.main([])
        assert set(capsys.readouterr().out.split()) == offered
