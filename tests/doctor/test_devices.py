from __future__ import annotations

import os
from pathlib import Path

from overlay.doctor.devices import holders, is_busy
from tests.linux_machine import linux_only

pytestmark = linux_only


def test_nobody_holds_a_file_that_is_closed(tmp_path):
    (tmp_path / "video0").touch()
    assert holders(tmp_path / "video0") == []
    assert not is_busy(tmp_path / "video0")


def test_a_device_that_is_gone_is_held_by_nobody(tmp_path):
    assert holders(tmp_path / "video0") == []
    assert not is_busy(tmp_path / "video0")


def test_who_holds_a_file_is_found_through_any_of_its_names(tmp_path, held):
    node, link = tmp_path / "video0", tmp_path / "by-id"
    node.touch()
    link.symlink_to(node)
    pid = held(node)
    (holder,) = holders(link)
    assert holder.pid == pid
    assert holder.name.startswith("python")
    assert not holder.ours
    assert is_busy(link)


def test_a_device_is_known_by_its_number_and_not_by_its_node(held):
    pid = held(Path("/dev/null"))
    assert pid in [holder.pid for holder in holders(Path("/dev/null"))]
    assert pid not in [holder.pid for holder in holders(Path("/dev/zero"))]


def test_this_process_is_ours(tmp_path):
    with open(tmp_path / "video0", "w"):
        (holder,) = holders(tmp_path / "video0")
    assert holder.pid == os.getpid()
    assert holder.ours


def test_another_process_of_this_application_is_ours(tmp_path, held):
    (tmp_path / "video0").touch()
    held(tmp_path / "video0", "-m", "overlay")
    (holder,) = holders(tmp_path / "video0")
    assert holder.ours
