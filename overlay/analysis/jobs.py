"""Reads many files: here in one or more processes, or on a Dask cluster (`cluster.py`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from queue import SimpleQueue

from overlay.analysis.job import Job, Outcome
from overlay.analysis.worker import Receiver, Worker
from overlay.settings import Settings

#: How long workers are waited for at the end, in seconds, before they are killed.
_CLOSING_S = 15.0


class Executor(ABC):
    """Reads files, several at a time; close it, or use it in a `with` statement."""

    @abstractmethod
    def run(self, jobs: Iterator[Job], receiver: Receiver) -> Iterator[tuple[Job, Outcome]]:
        """Read every file.

        Args:
            jobs: The files, taken as they are needed.
            receiver: Is told what is read in each, from several threads.

        Yields:
            Each file once it has been read, in the order in which that happens.

        Raises:
            OutputError: A labelled file cannot be written.
            ModelError: A model is missing or altered.
        """

    @abstractmethod
    def close(self) -> None:
        """Give up what is being read; safe to call twice."""

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class LocalExecutor(Executor):
    """Reads files on this machine, each in one of a number of processes."""

    def __init__(self, settings: Settings, count: int) -> None:
        """Start nothing yet.

        Args:
            settings: Sensitivity, and style of the labels.
            count: How many files to read at once.
        """
        self._workers = [Worker(settings) for _ in range(count)]
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")
        self._running: dict[Future[Outcome], Job] = {}

    def run(self, jobs: Iterator[Job], receiver: Receiver) -> Iterator[tuple[Job, Outcome]]:
        """Read every file; see `Executor.run`."""
        idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            idle.put(worker)

        def read(job: Job) -> Outcome:
            worker = idle.get()
            try:
                return worker.read(job, receiver)
            finally:
                idle.put(worker)

        def submit(count: int) -> None:
            for job in islice(jobs, count):
                self._running[self._threads.submit(read, job)] = job

        submit(2 * len(self._workers))  # so that no worker waits for this thread
        while self._running:
            for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                job = self._running.pop(future)
                submit(1)
                yield job, future.result()

    def close(self) -> None:
        """End all processes, once they have tidied up; safe to call twice."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.stop()
        wait(self._running, _CLOSING_S)
        for worker in self._workers:
            worker.kill()
        self._threads.shutdown()
        for worker in self._workers:
            worker.close()
