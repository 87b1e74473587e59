"""Files are read on a Dask cluster as they are here, whatever happens to its workers."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import pytest
from distributed import LocalCluster

from overlay.analysis import Targets, analyze, cluster
from overlay.analysis.inputs import find_inputs
from overlay.analysis.job import Job
from overlay.errors import ClusterError, MissingExtraError
from overlay.settings import Settings
from overlay.sources.demo import PORTRAIT
from tests.analysis.jobs import worker_processes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: kills processes")


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalCluster]:
    """A scheduler and two workers, processes of this machine."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as workers:
        yield workers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight small pictures of one face, and one that is damaged."""
    folder = tmp_path / "in"
    folder.mkdir()
    portrait = cv2.resize(cv2.imread(str(PORTRAIT)), None, fx=0.3, fy=0.3)
    for number in range(8):
        brighter = cv2.convertScaleAbs(portrait, beta=3 * number)
        cv2.imwrite(str(folder / f"{number}.png"), brighter)
    (folder / "damaged.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    return folder


def pids(workers: LocalCluster) -> list[int]:
    return [worker.pid for worker in workers.workers.values()]


def test_the_results_are_those_of_this_machine(
    workers: LocalCluster, folder: Path, tmp_path: Path
) -> None:
    read = {}
    for name, where in (("here", {}), ("there", {"dask": workers.scheduler_address})):
        targets = Targets(tmp_path / name, tmp_path / f"{name}.jsonl", tmp_path / f"{name}.csv")
        read[name] = analyze([str(folder)], targets, settings=Settings(), **where)  # type: ignore[arg-type]
    assert read["here"] == read["there"]
    assert read["there"].files == 8
    for name in (".csv", ".jsonl", "/0.png"):
        here, there = (tmp_path / f"{which}{name}" for which in ("here", "there"))
        assert here.read_bytes() == there.read_bytes()
    assert not any(worker_processes(pid) for pid in pids(workers))


def test_a_lost_worker_costs_nothing_but_time(workers: LocalCluster, folder: Path) -> None:
    found = find_inputs([str(folder)])
    lost = pids(workers)[0]

    class Killing:
        scenes: list[str] = []  # noqa: RUF012

        def expect(self, job: Job, count: int) -> None:
            pass

        def add(self, job: Job, scene: dict[str, Any]) -> None:
            if not self.scenes:
                os.kill(lost, signal.SIGKILL)
            self.scenes.append(scene["file"])

    with cluster.DaskExecutor(workers.scheduler_address, Settings()) as executor:
        ended = {job.file: outcome for job, outcome in executor.run(iter(found.jobs), Killing())}
    assert sorted(Killing.scenes) == [f"{number}.png" for number in range(8)]
    assert [file for file, outcome in ended.items() if outcome.left_out] == ["damaged.png"]
    assert lost not in pids(workers)


@pytest.mark.usefixtures("faulty_decoder")
def test_a_file_that_crashes_its_decoder_costs_no_worker(folder: Path) -> None:
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0") as workers:
        (folder / "0.png").write_bytes((folder / "1.png").read_bytes() + b"CRASH")
        before = pids(workers)
        done = analyze([str(folder)], settings=Settings(), dask=workers.scheduler_address)
        assert done.files == 7
        assert "0.png was left out: it crashes the decoder" in done.warnings[0]
        assert pids(workers) == before


class TestWhatIsWrongIsOneLine:
    def test_no_scheduler(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cluster, "_TIMEOUT_S", 1)
        with pytest.raises(ClusterError, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:9'"):
            analyze([str(folder)], settings=Settings(), dask="tcp://127.0.0.1:9")

    def test_an_address_that_is_none(self, folder: Path) -> None:
        with pytest.raises(ClusterError, match="no Dask scheduler answers at 'nonsense://x'"):
            analyze([str(folder)], settings=Settings(), dask="nonsense://x")

    def test_no_workers(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cluster, "_TIMEOUT_S", 1)
        with (
            LocalCluster(n_workers=0, dashboard_address=":0") as none,
            pytest.raises(ClusterError, match="has no workers: start some with `dask worker"),
        ):
            analyze([str(folder)], settings=Settings(), dask=none.scheduler_address)

    def test_files_that_a_worker_does_not_see(
        self, workers: LocalCluster, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = Path("/elsewhere/0.png")
        monkeypatch.setattr(cluster, "_absolute", lambda job: replace(job, path=elsewhere))
        with pytest.raises(ClusterError, match=r"does not see '/elsewhere/0\.png'.*same path"):
            analyze([str(folder)], settings=Settings(), dask=workers.scheduler_address)

    def test_another_version(
        self, workers: LocalCluster, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "READ_BY", ("0.0.1", "", ""))
        with pytest.raises(ClusterError, match=r"has another version: .*same version"):
            analyze([str(folder)], settings=Settings(), dask=workers.scheduler_address)

    def test_no_distributed(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "overlay.analysis.cluster")
        monkeypatch.setitem(sys.modules, "distributed", None)
        with pytest.raises(MissingExtraError, match=r"--dask needs distributed.*\[cluster\]"):
            analyze([str(folder)], settings=Settings(), dask="tcp://127.0.0.1:9")
