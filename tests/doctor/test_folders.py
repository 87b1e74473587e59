from __future__ import annotations

import os
import time

from overlay import resources
from overlay.doctor import Machine
from overlay.doctor.folders import check_folder, tidy_folder


def test_a_folder_that_is_not_there_yet_is_made():
    finding = check_folder(Machine())
    assert (finding.state, finding.fixable) == ("warning", True)
    assert tidy_folder(Machine()) == f"{resources.data_dir()} exists"
    assert check_folder(Machine()).state == "ok"


def test_looking_leaves_nothing_behind():
    tidy_folder(Machine())
    check_folder(Machine())
    assert list(resources.data_dir().iterdir()) == []


def test_a_folder_that_cannot_be_written_names_its_cure(home):
    (home / "data").mkdir(parents=True)
    resources.data_dir().write_text("a file where the folder should be")
    finding = check_folder(Machine("linux"))
    assert (finding.state, finding.fixable) == ("warning", False)
    assert finding.fix.startswith("sudo chown -R ")
    assert "Properties > Security" in check_folder(Machine("win32")).fix


def test_files_of_an_interrupted_installation_are_deleted_but_not_those_of_a_running_one():
    models = resources.data_dir() / "models"
    models.mkdir(parents=True)
    old, new, whole = models / "a.tflite.12.part", models / "a.tflite.34.part", models / "a.tflite"
    for path in (old, new, whole):
        path.touch()
    long_ago = time.time() - 86400
    os.utime(old, (long_ago, long_ago))
    os.utime(whole, (long_ago, long_ago))
    finding = check_folder(Machine())
    assert (finding.state, finding.fixable) == ("warning", True)
    assert finding.message.endswith("(1)")
    tidy_folder(Machine())
    assert sorted(models.iterdir()) == [whole, new]
