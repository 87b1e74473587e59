"""Starting at login. Linux for real, in a home of its own; the others by what would be written."""

from __future__ import annotations

import plistlib
import shlex
import shutil
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.app import App
from overlay.errors import OverlayError
from overlay.host import login
from overlay.settings import Settings

linux = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: XDG autostart is for Linux")


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def entries(config):
    return sorted(path.name for path in config.rglob("*") if path.is_file())


@linux
def test_it_is_off_until_asked_for(config):
    assert not login.starts_at_login()
    assert entries(config) == []


@linux
def test_switching_it_on_twice_and_off_twice_leaves_nothing(config):
    for _ in range(2):
        login.set_start_at_login(True)
        assert login.starts_at_login()
        assert entries(config) == ["emotion-overlay.desktop"]
    for _ in range(2):
        login.set_start_at_login(False)
        assert not login.starts_at_login()
        assert entries(config) == []


@linux
@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_an_entry_that_the_desktops_settings_switched_off_counts_as_off(config, line):
    login.set_start_at_login(True)
    entry = config / "autostart/emotion-overlay.desktop"
    entry.write_text(entry.read_text() + line + "\n")
    assert not login.starts_at_login()
    login.set_start_at_login(True)
    assert login.starts_at_login()


@linux
def test_the_setting_decides(config):
    app = App(Settings())
    app.change(start_at_login=True)
    assert login.starts_at_login()
    app.change(theme="light")
    assert login.starts_at_login()
    app.change(start_at_login=False)
    assert not login.starts_at_login()


@linux
def test_a_folder_that_cannot_be_written_is_named(config):
    config.write_text("a file where the folder should be")
    with pytest.raises(OverlayError, match=r"cannot change what starts at login in .*autostart"):
        login.set_start_at_login(True)


@linux
@pytest.mark.desktop
def test_the_desktop_runs_the_very_command_that_was_meant(tmp_path, config):
    """Run the entry as a desktop does, with an awkward path, and see what arrives."""
    gio = shutil.which("gio")
    if not gio:
        pytest.skip("PACKAGE MISSING: gio, in libglib2.0-bin")
    seen = tmp_path / "seen"
    program = tmp_path / 'a "b" $HOME `c` d\\e'
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$0" "$@" > {shlex.quote(str(seen))}.new\n'
                       f"mv {shlex.quote(str(seen))}.new {shlex.quote(str(seen))}\n")  # fmt: skip
    program.chmod(0o755)
    entry = tmp_path / "entry.desktop"
    entry.write_bytes(login._desktop_entry([str(program), "-m", "two words, 100%"]))
    subprocess.run([gio, "launch", str(entry)], check=True, timeout=20)
    for _ in range(500):
        if seen.exists():
            break
        time.sleep(0.02)
    assert seen.read_text().splitlines() == [str(program), "-m", "two words, 100%"]


@linux
@pytest.mark.desktop
def test_the_entry_is_valid(tmp_path):
    validate = shutil.which("desktop-file-validate")
    if not validate:
        pytest.skip("PACKAGE MISSING: desktop-file-validate, in desktop-file-utils")
    entry = tmp_path / "emotion-overlay.desktop"
    entry.write_bytes(login._desktop_entry(login._command()))
    said = subprocess.run([validate, entry], capture_output=True, text=True, check=False)
    assert said.stdout + said.stderr == ""


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), min_size=1))
def test_quoting_can_be_undone_by_the_rules_of_the_specification(argument):
    quoted = login._quote_exec(argument)
    assert quoted[0] == quoted[-1] == '"'
    value = quoted.replace("\\\\", "\\").replace("%%", "%")[1:-1]
    characters = iter(value)
    assert "".join(next(characters) if c == "\\" else c for c in characters) == argument


def test_the_entry_starts_the_tray_with_this_python():
    assert login._command() == [sys.executable, "-m", "overlay"]


def test_an_installer_s_program_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert login._command() == [sys.executable]


def test_windows_python_is_started_without_a_console_window(tmp_path, monkeypatch):
    (tmp_path / "pythonw.exe").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert login._command()[0] == str(tmp_path / "pythonw.exe")


def test_macos_is_told_to_start_it_once_in_the_users_own_session():
    agent = plistlib.loads(login._launch_agent(["/A path/python", "-m", "overlay"]))
    assert agent["ProgramArguments"] == ["/A path/python", "-m", "overlay"]
    assert agent["RunAtLoad"] is True
    assert agent["LimitLoadToSessionType"] == "Aqua"
    assert "KeepAlive" not in agent  # quitting it in the tray is final


def test_macos_agent_is_written_and_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    login.set_start_at_login(True)
    assert login.starts_at_login()
    agent = tmp_path / "Library/LaunchAgents/emotion-overlay.plist"
    assert plistlib.loads(agent.read_bytes())["Label"] == "emotion-overlay"
    login.set_start_at_login(False)
    assert not login.starts_at_login()
    assert not agent.exists()


def test_windows_gets_one_quoted_command_line():
    line = login._run_value([r"C:\Program Files\Emotion Overlay\app.exe", "-m", "overlay"])
    assert line == r'"C:\Program Files\Emotion Overlay\app.exe" -m overlay'
