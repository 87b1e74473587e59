"""Reading files instead of a camera: labels and numbers for pictures, videos and folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from overlay.analysis.in_order import InOrder
from overlay.analysis.inputs import Inputs, find_inputs
from overlay.analysis.job import Job, Outcome
from overlay.analysis.jobs import Executor, LocalExecutor
from overlay.analysis.parts import Parts
from overlay.analysis.results import Counts, Results
from overlay.analysis.tables import import_pyarrow, write_csv, write_json, write_parquet
from overlay.errors import MissingExtraError, OutputError, SourceError
from overlay.host.atomic_file import is_replaceable
from overlay.host.interrupts import interrupts
from overlay.host.terminal import file_progress
from overlay.settings import Settings
from overlay.sources.listing import LeftOut, lines_about
from overlay.targets import check_targets

#: So many files are told one by one; the others are counted.
_TOLD = 50

#: Up to so many files of which the same is to be said get a line each.
_MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Targets:
    """Where results go; None for nowhere.

    Attributes:
        save: The labelled picture or video; or the folder for them, if there may be several.
        json: One JSON object a frame, a line each; `-` is standard output.
        csv: A table with one row a face.
        parquet: The same table as a Parquet file.
    """

    save: Path | None = None
    json: Path | None = None
    csv: Path | None = None
    parquet: Path | None = None

    @property
    def prints(self) -> bool:
        """Whether JSON goes to standard output."""
        return str(self.json) == "-"

    @property
    def files(self) -> list[Path]:
        """The files with numbers that are written."""
        json = None if self.prints else self.json
        return [path for path in (json, self.csv, self.parquet) if path is not None]


@dataclass(slots=True)
class Analysis:
    """What was read in files.

    Attributes:
        inputs: The files and folders, as the user named them.
        total: What was read in all of them.
        files: Number of files read.
        by_file: What was read in each of the first 50 files.
        warnings: What the user should know about the input, one line each.
    """

    inputs: Sequence[str]
    total: Counts = field(default_factory=Counts)
    files: int = 0
    by_file: dict[str, Counts] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def analyze(
    inputs: Sequence[str],
    targets: Targets = Targets(),
    *,
    settings: Settings,
    recursive: bool = True,
    every_s: float | None = None,
    jobs: int = 1,
    dask: str | None = None,
    force: bool = False,
    fresh: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Analysis:
    """Read every frame of pictures and videos.

    Pictures are judged one by one; a video is tracked and smoothed as a call would be. Results are
    in the order of the files, however many are read at once. If it is interrupted while it writes
    files for several inputs, the next call with the same arguments goes on from there.

    Args:
        inputs: Paths of pictures, videos, and folders of them; at least one.
        targets: Where results go.
        settings: Sensitivity, and style of the labels.
        recursive: Whether to read subfolders.
        every_s: Read one frame of a video in so many seconds, judged like a picture; None for
            every frame.
        jobs: How many files to read at once, each in a process of its own.
        dask: Address of the scheduler of a Dask cluster that reads the files instead.
        force: Whether files that are there already may be replaced, without asking.
        fresh: Whether to begin anew where an earlier call was interrupted.
        say: Is told what the user should know meanwhile, one line at a time.

    Raises:
        SourceError: No input can be read.
        TargetError: A result would overwrite an input, or another file unasked.
        OutputError: A result cannot be written. Nothing half-written is left.
        ModelError: A model is missing or altered.
        ClusterError: The Dask cluster does not answer, or cannot read the files.
        MissingExtraError: A package that only some options need is not installed.
    """
    if targets.parquet is not None:
        import_pyarrow()
    found = find_inputs(inputs, save=targets.save, recursive=recursive, every_s=every_s)
    with interrupts(), ExitStack() as stack:
        parts = _open_parts(stack, targets, found, settings, fresh=fresh)
        known = _known(parts, found.jobs)
        _check(targets, found.jobs, parts, known, force=force)
        if known:
            say(f"{len(known)} of {len(found.jobs)} files were read before: going on from there")
        reading = _Reading(found, parts, targets)
        try:
            with _executor(dask, settings, min(jobs, len(found.jobs))) as executor:
                reading.run(executor, known)
        except BaseException:
            if parts is not None and (kept := parts.count()):
                say(f"{kept} of {len(found.jobs)} files are read; the same command goes on")
            raise
        analysis = reading.analysis(inputs)
        if parts is not None:
            _write(targets, parts, reading.read)
            parts.clear()
    return analysis


def _executor(dask: str | None, settings: Settings, jobs: int) -> Executor:
    if dask is None:
        return LocalExecutor(settings, jobs)
    try:
        from overlay.analysis.cluster import DaskExecutor
    except ModuleNotFoundError as error:
        raise MissingExtraError("--dask", "distributed", "cluster") from error
    return DaskExecutor(dask, settings)


class _Reading:
    """The files that are read, and what is known of them so far."""

    def __init__(self, found: Inputs, parts: Parts | None, targets: Targets) -> None:
        self._found = found
        self._parts = parts
        self._printer = InOrder(found.jobs, sys.stdout.buffer) if targets.prints else None
        self._told = dict.fromkeys(found.jobs[:_TOLD], Counts())
        self._total = Counts()
        self._outcomes: dict[Job, Outcome] = {}  # those with something to tell

    def run(self, executor: Executor, known: dict[Job, Outcome]) -> None:
        """Read the files but for those that were read before."""
        with file_progress(len(self._found.jobs)) as progress:
            results = Results(self._parts, self._printer, progress)
            for job, outcome in known.items():
                self._note(job, outcome, results.again(job))
            todo = (job for job in self._found.jobs if job not in known)
            for job, outcome in executor.run(map(results.begin, todo), results):
                self._note(job, outcome, results.finish(job, outcome))

    @property
    def read(self) -> Iterator[Job]:
        """The files that were not left out."""
        return (job for job in self._found.jobs if self._outcomes.get(job, _FINE).left_out is None)

    def analysis(self, inputs: Sequence[str]) -> Analysis:
        """All of it.

        Raises:
            SourceError: Nothing could be read.
        """
        outcomes = [(job, self._outcomes.get(job, _FINE)) for job in self._found.jobs]
        unread = [LeftOut(job.file, each.left_out) for job, each in outcomes if each.left_out]
        if len(unread) == len(outcomes):
            raise _nothing_read(inputs, outcomes)
        return Analysis(
            inputs=inputs,
            total=self._total,
            files=len(outcomes) - len(unread),
            by_file={job.file: counts for job, counts in self._told.items() if counts.frames},
            warnings=_lines_of_warnings(outcomes)
            + lines_about(unread)
            + lines_about(self._found.left_out),
        )

    def _note(self, job: Job, outcome: Outcome, counts: Counts) -> None:
        if outcome != _FINE:
            self._outcomes[job] = outcome
        if outcome.left_out is None:
            self._total.add(counts)
            if job in self._told:
                self._told[job] = counts


#: A file was read, and there is nothing to tell.
_FINE = Outcome()


def _open_parts(
    stack: ExitStack, targets: Targets, found: Inputs, settings: Settings, *, fresh: bool
) -> Parts | None:
    """What keeps results until they are written; None if nothing is to be kept."""
    for file in targets.files:
        if os.path.isdir(file):
            raise OutputError(f"'{file}' cannot be written: a folder has that name")
    outputs = [file for file in targets.files if is_replaceable(file)]
    if targets.save is not None and found.are_many:
        outputs.append(targets.save)
    if not outputs and not targets.files:
        return None
    if outputs:
        output = Path(os.path.realpath(outputs[0]))
    else:  # a device or FIFO, beside which nothing may lie
        output = Path(stack.enter_context(TemporaryDirectory())) / "results"
    return stack.enter_context(Parts(output, settings, fresh=fresh))


def _known(parts: Parts | None, jobs: Sequence[Job]) -> dict[Job, Outcome]:
    """The files that an interrupted call has read, unless the labelled one has gone since."""
    if parts is None:
        return {}
    outcomes = ((job, parts.outcome(job)) for job in jobs)
    return {
        job: outcome
        for job, outcome in outcomes
        if outcome is not None and (job.save is None or job.save.exists())
    }


def _check(
    targets: Targets,
    jobs: Sequence[Job],
    parts: Parts | None,
    known: dict[Job, Outcome],
    *,
    force: bool,
) -> None:
    """Make sure that everything may be written; what an interrupted call wrote is ours."""
    ours = (
        job.save for job in jobs if job in known or (parts is not None and parts.has_begun(job))
    )
    check_targets(
        [*targets.files, *(job.save for job in jobs if job.save is not None)],
        inputs=[job.path for job in jobs],
        ours=[path for path in ours if path is not None],
        force=force,
    )


def _write(targets: Targets, parts: Parts, jobs: Iterator[Job]) -> None:
    """Write the results of files where the user wants them, in the order of the files."""
    read = list(jobs)
    writers = (
        (None if targets.prints else targets.json, write_json),
        (targets.csv, write_csv),
        (targets.parquet, write_parquet),
    )
    for path, write in writers:
        if path is not None:
            write(path, chain.from_iterable(map(parts.scenes, read)))


def _lines_of_warnings(outcomes: Sequence[tuple[Job, Outcome]]) -> list[str]:
    """What to tell about files that were read; what is the same of many is told once."""
    by_text: dict[str, list[str]] = {}
    for job, outcome in outcomes:
        for line in outcome.warnings:
            by_text.setdefault(line.removeprefix(job.file), []).append(line)
    lines: list[str] = []
    for text, same in by_text.items():
        if len(same) <= _MOST_ALIKE:
            lines += same
        else:
            lines.append(f"{same[0].removesuffix(text)} (and {len(same) - 1:,} more){text}")
    return lines


def _nothing_read(inputs: Sequence[str], outcomes: Sequence[tuple[Job, Outcome]]) -> SourceError:
    """The error for inputs of which nothing could be read."""
    job, outcome = outcomes[0]
    about_one = f"'{job.path}'{(outcome.left_out or '').removeprefix('it')}"
    if len(outcomes) == 1:
        return SourceError(about_one)
    named = ", ".join(f"'{each}'" for each in inputs)
    return SourceError(f"none of the {len(outcomes)} files in {named} can be read: {about_one}")
