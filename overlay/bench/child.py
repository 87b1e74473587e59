"""One variant in a process of its own: `python -m overlay.bench.child JOB`, figures on stdout.

So memory, imports and CPU time are its own.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from overlay.bench.camera import ClipCamera
from overlay.bench.figures import Figures, StartUp, delivery, percentiles
from overlay.bench.memory import resident_mb
from overlay.bench.sink import Sink
from overlay.bench.variants import RUN, Trial, Variant

#: Measuring begins this long after the first picture or label, when all caches are warm.
WARM_UP_S = 1.0

#: A variant that shows no label this long after its start is measured all the same.
_NO_LABEL_S = 15.0


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to do.

    Attributes:
        variant: Which.
        clip: What the camera plays.
        fps: The camera's rate.
        seconds: How long to measure.
        spawned_s: When the process was started, as `time.monotonic()` of the machine.
    """

    variant: Variant
    clip: str
    fps: float
    seconds: float
    spawned_s: float


class _Clock:
    """Decides when measuring begins and ends."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._began: float | None = None
        self._cpu = 0.0
        self._sent = self._drawn = self._pictures = 0
        self._calls: dict[str, int] = {}
        self.trial: Trial

    def go_on(self) -> bool:
        now = time.monotonic()
        if self._began is not None:
            return now - self._began < self._job.seconds
        if self._is_warm(now):
            trial = self.trial
            self._began, self._cpu = now, time.process_time()
            self._sent, self._drawn = len(trial.sink.sent), len(trial.ages.drawn_s)
            self._pictures = trial.ages.pictures
            self._calls = {name: len(calls) for name, calls in trial.stages.seconds.items()}
        return True

    def _is_warm(self, now: float) -> bool:
        trial = self.trial
        first_s = trial.ages.first_s
        if self._job.variant == "copy":
            first_s = trial.sink.sent[0][1] if trial.sink.sent else None
        if first_s is None:
            return bool(trial.sink.sent) and now - trial.sink.sent[0][1] > _NO_LABEL_S
        return now - first_s >= WARM_UP_S

    def figures(
        self, cpu: float, seconds: float, memory_mb: float | None, start_up: StartUp
    ) -> Figures:
        trial = self.trial
        sent = trial.sink.sent[self._sent :]
        arrived = delivery(sent, trial.camera.due_s, self._job.fps)
        pictures = trial.ages.pictures - self._pictures
        drawn = trial.ages.drawn_s[self._drawn :]
        stages = {
            name: percentiles(calls[self._calls.get(name, 0) :])
            for name, calls in trial.stages.seconds.items()
        }
        return Figures(
            fps=arrived.fps,
            dropped=arrived.dropped,
            repeated=arrived.repeated,
            jitter_ms=arrived.jitter_ms,
            latency_ms=arrived.latency_ms,
            label_age_ms=percentiles(drawn),
            cpu=(cpu - self._cpu) / seconds,
            resident_mb=memory_mb,
            faces=len(drawn) / pictures if pictures else 0.0,
            start_up=start_up,
            stages_ms={name: each for name, each in stages.items() if each is not None},
        )

    def stop(self) -> tuple[float, float, float | None]:
        """CPU time now, how long was measured, and the memory that is held now, in MiB."""
        assert self._began is not None
        return time.process_time(), time.monotonic() - self._began, resident_mb()


def measure(job: Job) -> Figures:
    """Run one variant in this process."""
    if job.variant == "app":
        import overlay.run_command  # noqa: F401  (everything `run` imports)
    imports_s = time.monotonic() - job.spawned_s
    camera = ClipCamera(Path(job.clip), fps=job.fps)
    clock = _Clock(job)
    measured: list[tuple[float, float, float | None]] = []

    def go_on() -> bool:
        if clock.go_on():
            return True
        measured.append(clock.stop())  # before anything is closed
        return False

    trial = clock.trial = Trial(camera, Sink(camera.size), go_on)
    RUN[job.variant](trial)

    def since_start(at: float | None) -> float | None:
        return None if at is None else at - job.spawned_s

    start_up = StartUp(
        imports_s,
        since_start(trial.models_s),
        trial.sink.sent[0][1] - job.spawned_s,
        since_start(trial.ages.first_s),
    )
    return clock.figures(*measured[0], start_up)


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Job(**json.loads(sys.argv[1]))))))
