from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import TINY
from training.compare import MODEL, main, markdown, reduced_accuracy, runs_of, spread
from training.data import FER2013
from training.evaluate import main as evaluate

Capture = pytest.CaptureFixture[str]


def test_fewer_classes_are_the_same_network_asked_about_them() -> None:
    labels = np.array([0, 3, 5, 6], np.int64)
    probabilities = np.full((4, 7), 0.05)
    probabilities[0, 2], probabilities[0, 0] = 0.5, 0.3  # fear, which is left out, then angry
    probabilities[1, 3] = probabilities[2, 5] = 0.6
    probabilities[3, 3] = 0.6  # called happy, is neutral
    kept = tuple(name for name in FER2013 if name not in ("fear", "surprise"))
    assert reduced_accuracy(probabilities, labels, kept) == pytest.approx(2 / 3)
    assert reduced_accuracy(probabilities, labels, FER2013) == pytest.approx(2 / 4)


def test_the_runs_of_a_config_are_found_with_their_seeds(tiny_run: Path, tmp_path: Path) -> None:
    for name in ("net", "net-seed1", "net-seed12", "network", "net-old"):
        shutil.copytree(tiny_run, tmp_path / name)
    (tmp_path / "net-seed2").mkdir()  # without a checkpoint
    assert [run.name for run in runs_of("net", tmp_path)] == ["net", "net-seed1", "net-seed12"]
    assert runs_of("net", tmp_path / "none") == []


def test_the_table_tells_what_was_trained_from_what_was_not(
    tiny_run: Path, sheets: Path, tmp_path: Path, capsys: Capture
) -> None:
    trained, waiting = tmp_path / "trained.toml", tmp_path / "waiting.toml"
    trained.write_text(TINY)
    waiting.write_text("epochs = 9\n[architecture]\nname = 'mini_xception'\nwidths = [4, 4, 8, 8]")
    runs = tmp_path / "runs"
    for name in ("trained", "trained-seed4"):
        shutil.copytree(tiny_run, runs / name)
    figures = tmp_path / "compare.json"
    main(config=[waiting, trained], runs=runs, json_path=figures, data=sheets)
    table = capsys.readouterr().out
    rows = {entry["name"]: entry for entry in json.loads(figures.read_text())["rows"]}
    assert rows["waiting"]["runs"] == []
    assert "| 0 of 9 | 0 | not trained | not trained | not trained |" in table
    assert "| 3 | 2 |" in table
    assert "± 0.00" in table  # both runs are the same one
    assert rows["waiting"]["macs"] > 0
    evaluate(
        model=runs / "trained" / MODEL,
        sheet=sheets / "public_test.png",
        labels=sheets / "public_test.csv",
        json_path="-",
    )
    measured = json.loads(capsys.readouterr().out)
    wanted = round(measured["fer2013"]["accuracy"], 4)
    assert rows["trained"]["runs"][0]["fer2013"] == wanted


def test_spread_is_given_only_for_several_runs() -> None:
    assert spread([0.7012]) == "70.12"
    assert spread([0.70, 0.71, 0.72]) == "71.00 ± 1.00"


def test_nothing_trained_makes_no_table_of_fewer_classes() -> None:
    entry = {"name": "n", "parameters": 1, "macs": 1, "ms": 0.1, "epochs": 1, "runs": []}
    assert "five without" not in markdown([entry])
