from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from training.config import read_config
from training.data import read_sheet
from training.errors import TrainingError
from training.parallel import Workers
from training.run import CHECKPOINT, Run, load_net, read_checkpoint

PROGRAM = """
import sys
from pathlib import Path

import torch

from training.config import read_config
from training.parallel import join
from training.run import Run
from training.train import carry_out, prepare, read_both_sheets

config, data, *outs = map(Path, sys.argv[1:])
workers = join()
tensors = [torch.full((2, 3), float(workers.rank)), torch.full((4,), 10.0 * workers.rank)]
workers.average(tensors)
assert tensors[0].eq(0.5).all() and tensors[1].eq(5).all(), tensors
train, validation = read_both_sheets(data)
for out in outs:
    run = Run(read_config(config), train, workers)
    prepare(run, out, resume=False)
    carry_out(run, out, validation)
workers.leave()
"""


def test_two_processes_train_one_model_and_repeat_exactly(
    tiny_config: Path, tiny_run: Path, sheets: Path, tmp_path: Path
) -> None:
    """torchrun with two gloo processes on this CPU."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    outs = [tmp_path / "a", tmp_path / "b"]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*command, str(program), str(tiny_config), str(sheets), *map(str, outs)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (read_checkpoint(out / CHECKPOINT) for out in outs)
    assert first["epoch"] == 3
    assert len((outs[0] / "log.jsonl").read_text().splitlines()) == 3  # one process writes
    for name, value in first["average"].items():
        assert torch.equal(value, second["average"][name]), name
    alone, together = (load_net(folder)[0].fer2013.weight for folder in (tiny_run, outs[0]))
    assert 0 < (alone - together).abs().max() < 0.2  # other augmentation, the same lesson


def test_a_batch_must_divide_among_the_processes(tiny_config: Path, sheets: Path) -> None:
    tiles = read_sheet(sheets / "train.png", sheets / "train.csv")
    with pytest.raises(TrainingError, match="3 workers"):
        Run(read_config(tiny_config), tiles, Workers(count=3))
