"""What has been read so far is kept until it is written, and is not taken for something else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from overlay.analysis.job import Job, Outcome
from overlay.analysis.parts import Parts
from overlay.errors import OutputError, TargetError
from overlay.settings import Settings
from tests.analysis.jobs import job_for

LINES = [b'{"frame": 0}\n', b'{"frame": 1}\n']


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "a.png").write_bytes(b"picture")
    return job_for(tmp_path / "a.png")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


@pytest.fixture
def parts(output: Path) -> Iterator[Parts]:
    with Parts(output, Settings()) as parts:
        yield parts


def keep(parts: Parts, job: Job, outcome: Outcome = Outcome()) -> None:  # noqa: B008 - frozen
    parts.begin(job)
    for line in LINES:
        parts.add(job, line)
    parts.finish(job, outcome)


def test_what_was_read_comes_back(parts: Parts, job: Job) -> None:
    assert parts.outcome(job) is None
    outcome = Outcome(warnings=("a.png is odd",))
    keep(parts, job, outcome)
    assert parts.outcome(job) == outcome
    assert list(parts.scenes(job)) == LINES
    assert parts.count() == 1


def test_it_is_still_there_for_the_next_command(output: Path, job: Job) -> None:
    with Parts(output, Settings()) as parts:
        keep(parts, job)
    with Parts(output, Settings()) as parts:
        assert list(parts.scenes(job)) == LINES


def test_of_a_file_that_was_left_out_nothing_is_kept(parts: Parts, job: Job) -> None:
    keep(parts, job, Outcome(left_out="it is damaged"))
    assert parts.outcome(job) is None
    assert parts.count() == 0


@pytest.mark.parametrize(
    "changes",
    [{"size": 1}, {"changed_ns": 1}, {"file": "b.png"}, {"every_s": 2.0}, {"save": Path("x.png")}],
    ids=str,
)
def test_it_is_not_taken_for_what_another_file_or_option_would_give(
    parts: Parts, job: Job, changes: dict[str, object]
) -> None:
    keep(parts, job)
    assert parts.outcome(replace(job, **changes)) is None  # type: ignore[arg-type]


def test_it_counts_only_for_the_settings_that_it_depends_on(output: Path, job: Job) -> None:
    labelled = replace(job, save=Path("x.png"))
    with Parts(output, Settings()) as parts:
        keep(parts, job)
        keep(parts, labelled)
    with Parts(output, Settings(sensitivity="calm")) as parts:
        assert parts.outcome(job) is None
        assert parts.outcome(labelled) is None
    with Parts(output, Settings(theme="light", mode="off")) as parts:
        assert parts.outcome(job) is not None
        assert parts.outcome(labelled) is None


@pytest.mark.parametrize("lost", [1, 10, 40])
def test_what_a_power_failure_cut_off_does_not_count(output: Path, job: Job, lost: int) -> None:
    with Parts(output, Settings()) as parts:
        keep(parts, job)
        (path,) = output.parent.glob(".out.csv.part/*.jsonl")
        path.write_bytes(path.read_bytes()[:-lost])
        outcome = parts.outcome(job)
        assert outcome is None or list(parts.scenes(job)) == LINES


def test_nothing_is_left_of_what_was_not_finished(output: Path, job: Job) -> None:
    with Parts(output, Settings()) as parts:
        parts.begin(job)
        parts.add(job, LINES[0])
    assert not list(output.parent.glob(".*"))


def test_nothing_is_left_once_it_is_written(output: Path, job: Job) -> None:
    with Parts(output, Settings()) as parts:
        keep(parts, job)
        parts.clear()
    assert not list(output.parent.glob(".*"))


def test_a_labelled_picture_is_known_as_ours_though_its_results_are_lost(
    output: Path, job: Job
) -> None:
    job = replace(job, save=output.with_name("labelled.png"))
    with Parts(output, Settings()) as parts:
        parts.begin(job)
        job.save.write_bytes(b"labelled")  # type: ignore[union-attr]
    with Parts(output, Settings()) as parts:
        assert parts.outcome(job) is None
        assert parts.has_begun(job)


def test_fresh_begins_anew(output: Path, job: Job) -> None:
    with Parts(output, Settings()) as parts:
        keep(parts, job)
    with Parts(output, Settings(), fresh=True) as parts:
        assert parts.outcome(job) is None


def test_only_the_owner_can_read_it(parts: Parts, output: Path) -> None:
    (folder,) = output.parent.glob(".out.csv.part")
    assert os.name == "nt" or folder.stat().st_mode & 0o077 == 0
    assert parts.count() == 0


def test_two_commands_do_not_share_it(parts: Parts, output: Path, job: Job) -> None:
    keep(parts, job)
    with pytest.raises(TargetError, match=r"another command is writing .*out\.csv"):
        Parts(output, Settings())
    assert parts.count() == 1


def test_a_folder_that_is_not_there_is_an_error_that_names_the_output(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no/such/out\.csv' cannot be written"):
        Parts(tmp_path / "no/such/out.csv", Settings())


def test_names_are_kept_only_in_the_results(parts: Parts, output: Path, job: Job) -> None:
    keep(parts, job)
    for path in output.parent.glob(".out.csv.part/*"):
        assert "a.png" not in path.name
        assert all("file" not in json.loads(line) for line in path.read_bytes().splitlines())
