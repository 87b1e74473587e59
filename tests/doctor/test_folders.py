from __future__ import annotations

from overlay.doctor import Machine
from overlay.doctor.folders import check_folder
from overlay.host import resources


def test_a_folder_that_is_not_there_yet_is_fine():
    assert check_folder(Machine()).state == "ok"
    assert not resources.data_dir().exists()


def test_looking_leaves_nothing_behind():
    resources.data_dir().mkdir(parents=True)
    check_folder(Machine())
    assert list(resources.data_dir().iterdir()) == []


def test_a_folder_that_cannot_be_written_names_its_cure(home):
    (home / "data").mkdir(parents=True)
    resources.data_dir().write_text("a file where the folder should be")
    finding = check_folder(Machine("linux"))
    assert (finding.state, finding.fixable) == ("warning", False)
    assert finding.fix.startswith("sudo chown -R ")
    assert "Properties > Security" in check_folder(Machine("win32")).fix
