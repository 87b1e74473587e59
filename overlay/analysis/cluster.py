"""Reads many files on a Dask cluster that the user names (https://distributed.dask.org).

A worker of Dask reads each file in a process of its own, as this machine would, so that one that
crashes its decoder costs no worker. What it was reading when it was lost, another one reads again.
"""

from __future__ import annotations

import json
import os
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from distributed import Client, Future, KilledWorker, WorkerPlugin, as_completed, get_worker

from overlay.analysis.job import READ_BY, Job, Outcome, to_line
from overlay.analysis.jobs import Executor
from overlay.analysis.worker import Receiver, Worker
from overlay.errors import ClusterError
from overlay.settings import Settings

#: How long a scheduler, and a first worker, are waited for, in seconds.
_TIMEOUT_S = 15

#: Files on their way for each thread of the cluster, so that none waits, in number.
_AHEAD = 3

_NEEDS = "each worker needs emotion-overlay of the same version, and the files under the same path"


class DaskExecutor(Executor):
    """Reads files on an existing Dask cluster."""

    def __init__(self, address: str, settings: Settings) -> None:
        """Connect to the scheduler.

        Args:
            address: The scheduler's, such as `tcp://192.0.2.1:8786`, or `tls://...` with the
                certificates that Dask's own configuration names.
            settings: Sensitivity, and style of the labels.

        Raises:
            ClusterError: No scheduler answers there, or it has no workers that can be used.
        """
        self._name = f"emotion-overlay-{uuid4().hex[:8]}"
        try:
            self._client = Client(address, timeout=_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at '{address}': start one with `dask scheduler`"
            ) from error
        try:
            self._client.wait_for_workers(1, timeout=_TIMEOUT_S)
            self._client.register_plugin(_Readers(settings), name=self._name)
            self._threads = sum(self._client.nthreads().values())
        except TimeoutError as error:
            self._client.close()
            raise ClusterError(
                f"the Dask scheduler at '{address}' has no workers: "
                f"start some with `dask worker {address}`"
            ) from error
        except Exception as error:  # whatever the workers raise
            self._client.close()
            raise ClusterError(f"a Dask worker does not get ready ({error}): {_NEEDS}") from error

    def run(self, jobs: Iterator[Job], receiver: Receiver) -> Iterator[tuple[Job, Outcome]]:
        """Read every file; see `Executor.run`."""
        running: dict[Future[bytes], Job] = {}
        completed = as_completed(loop=self._client.loop)

        def submit(count: int) -> None:
            for job in islice(jobs, count):
                content = _absolute(job).to_json()
                future = self._client.submit(_read, self._name, READ_BY, content, pure=False)
                running[future] = job
                completed.add(future)

        submit(_AHEAD * self._threads)
        for future in completed:
            job = running.pop(future)
            submit(1)
            outcome = _receive(job, future, receiver)
            future.release()
            yield job, outcome

    def close(self) -> None:
        """Have workers give up what they are reading, and disconnect; safe to call twice."""
        if self._client.status == "running":
            self._client.unregister_worker_plugin(self._name)
        self._client.close()


class _Readers(WorkerPlugin):
    """The processes in which one worker of Dask reads files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def setup(self, worker: Any) -> None:
        self._idle: deque[Worker] = deque()
        self._busy: set[Worker] = set()
        self._closed = False

    def teardown(self, worker: Any) -> None:
        self._closed = True
        for reader in list(self._busy):
            reader.stop()
        while self._idle:
            reader = self._idle.pop()
            reader.kill()
            reader.close()

    def read(self, job: Job, receiver: Receiver) -> Outcome:
        """Read a file in a process that is idle, or in a new one."""
        reader = self._idle.pop() if self._idle else Worker(self._settings)
        self._busy.add(reader)
        try:
            return reader.read(job, receiver)
        finally:
            self._busy.remove(reader)
            if self._closed:
                reader.close()
            else:
                self._idle.append(reader)


class _Compressed:
    """Collects what is read in a file, compressed: an hour of video is a few megabytes."""

    def __init__(self) -> None:
        self._compress = zlib.compressobj()
        self._parts: list[bytes] = []

    def expect(self, job: Job, count: int) -> None:
        pass

    def add(self, job: Job, scene: dict[str, Any]) -> None:
        self._parts.append(self._compress.compress(to_line(scene)))

    def finish(self, outcome: Outcome) -> bytes:
        self._parts.append(self._compress.compress(to_line(outcome.to_json())))
        return b"".join([*self._parts, self._compress.flush()])


def _read(name: str, version: tuple[str, ...], content: dict[str, Any]) -> bytes:
    """Read a file; runs on a worker of Dask.

    Returns:
        Compressed JSON lines: the scenes, then the outcome.
    """
    worker = get_worker()
    if tuple(version) != READ_BY:
        raise ClusterError(f"the Dask worker {worker.address} has another version: {_NEEDS}")
    job = Job.from_json(content)
    try:
        size = job.path.stat().st_size
    except OSError:
        size = -1
    if size != job.size:
        there = "does not see" if size < 0 else "sees another file as"
        raise ClusterError(f"the Dask worker {worker.address} {there} '{job.path}': {_NEEDS}")
    collected = _Compressed()
    readers = worker.plugins[name]
    assert isinstance(readers, _Readers)
    return collected.finish(readers.read(job, collected))


def _receive(job: Job, future: Future[bytes], receiver: Receiver) -> Outcome:
    try:
        result: bytes = future.result()
    except ImportError as error:  # from a worker that joined later
        raise ClusterError(f"a Dask worker lacks a package ({error}): {_NEEDS}") from error
    except KilledWorker:
        return Outcome(left_out="it ended several Dask workers: they may have too little memory")
    lines = zlib.decompress(result).splitlines()
    for line in lines[:-1]:
        receiver.add(job, json.loads(line))
    return Outcome.from_json(json.loads(lines[-1]))


def _absolute(job: Job) -> Job:
    save = job.save and Path(os.path.abspath(job.save))
    return replace(job, path=Path(os.path.abspath(job.path)), save=save)
