"""The files that the packages for Linux are made of."""

from __future__ import annotations

import configparser
import datetime
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from overlay.cli import app
from overlay.tray.icons import COLORS

LINUX = Path(__file__).resolve().parents[2] / "installer" / "linux"

sys.path.insert(0, str(LINUX))
from archive import make_archive  # noqa: E402
from man_page import man_page  # noqa: E402


@pytest.fixture(scope="module")
def page() -> str:
    return man_page("1.2.3", datetime.date(2026, 11, 28))


def test_the_menu_entry_starts_the_application_without_a_terminal() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / "emotion-overlay.desktop", "utf-8")
    values = entry["Desktop Entry"]
    assert values["Exec"] == "emotion-overlay --from-menu"
    assert values["Icon"] == "emotion-overlay"
    assert values["Terminal"] == "false"


def test_the_icon_is_the_tray_s() -> None:
    icon = ET.parse(LINUX / "emotion-overlay.svg").getroot()
    disc = icon.find("{http://www.w3.org/2000/svg}circle")
    assert disc is not None
    assert disc.get("fill") == COLORS["only-me"]


def test_software_centres_find_the_menu_entry() -> None:
    component = ET.parse(LINUX / "emotion-overlay.metainfo.xml.in").getroot()
    assert component.findtext("launchable") == "emotion-overlay.desktop"
    assert component.findtext("project_license") == "GPL-2.0-or-later"


def test_the_manual_page_names_every_command(page: str) -> None:
    root: Any = get_command(app)
    for name, command in root.commands.items():
        written = name.replace("-", r"\-")
        assert (f".B {written}\n" in page) is not command.hidden, name


def test_the_manual_page_is_one(page: str) -> None:
    assert page.startswith('.TH EMOTION-OVERLAY 1 "2026-11-28" "emotion-overlay 1.2.3"')
    # A line that begins with a dot is a macro; each has to be one that `man` knows.
    assert set(re.findall(r"^\.(\S+)", page, re.M)) <= {"TH", "SH", "TP", "B", "I", "IR", "BR"}


@pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the scripts are for Linux")
@pytest.mark.parametrize(
    ("script", "argument", "says"),
    [
        ("after-install.sh", "abort-upgrade", ""),
        ("before-remove.sh", "upgrade", ""),
        ("after-remove.sh", "upgrade", ""),
        ("after-remove.sh", "remove", "Recordings and settings stay"),
    ],
)
def test_maintainer_scripts_do_only_what_the_occasion_asks(
    script: str, argument: str, says: str
) -> None:
    done = subprocess.run(
        ["/bin/sh", LINUX / script, argument], capture_output=True, text=True, check=True
    )
    assert says in done.stdout if says else done.stdout == ""


@pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: GNU tar")
def test_the_archive_holds_the_script_and_the_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tree/usr/bin").mkdir(parents=True)
    (tmp_path / "tree/usr/bin/app").symlink_to("../lib/app")
    (tmp_path / "install.sh").write_text("#!/bin/sh\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    date = datetime.datetime(2026, 11, 28, tzinfo=datetime.UTC)
    with tarfile.open(make_archive(Path("tree"), Path(), "app-1", date)) as archive:
        members = {member.name: member for member in archive}
    assert {"app-1/install.sh", "app-1/usr/bin/app"} <= set(members)
    assert members["app-1/usr/bin/app"].linkname == "../lib/app"
    assert {member.mtime for member in members.values()} == {date.timestamp()}


@pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the script is for Linux")
def test_the_archive_s_script_installs_a_menu_entry_that_finds_the_program_and_removes_it(
    tmp_path: Path,
) -> None:
    archive, prefix = tmp_path / "archive", tmp_path / "a folder"
    for folder in ("bin", "lib/emotion-overlay", "share/applications"):
        (archive / "usr" / folder).mkdir(parents=True)
    shutil.copy(LINUX / "emotion-overlay.desktop", archive / "usr/share/applications")
    shutil.copy(LINUX / "install.sh", archive)
    program = archive / "usr/lib/emotion-overlay/emotion-overlay"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    (archive / "usr/bin/emotion-overlay").symlink_to("../lib/emotion-overlay/emotion-overlay")

    command = [archive / "install.sh"]
    subprocess.run(command, env=os.environ | {"PREFIX": str(prefix)}, check=True)
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(prefix / "share/applications/emotion-overlay.desktop", "utf-8")
    started = shlex.split(entry["Desktop Entry"]["Exec"])
    assert started == [str(prefix / "bin/emotion-overlay"), "--from-menu"]
    subprocess.run(started, check=True)

    subprocess.run([*command, "--remove"], env=os.environ | {"PREFIX": str(prefix)}, check=True)
    assert [path for path in prefix.rglob("*") if not path.is_dir()] == []
