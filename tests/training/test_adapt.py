"""A network learns people in front of cameras; others judge the people whom they have not seen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from overlay.sources.demo import PORTRAIT
from training import adapt, audit, export, renderings
from training.data import FER2013, NEUTRAL
from training.left_out import read_left_out
from training.run import load_net

PEOPLE = ("ann", "ben", "cem")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def data(sheets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sheets, and beside them three people: one portrait, brighter and darker."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(sheets, folder / "fer2013")
    london = folder / "london"
    london.mkdir()
    rows = ["file,expression,person"]
    for number, person in enumerate(PEOPLE):
        for expression in ("neutral", "happy"):
            picture = cv2.imread(str(PORTRAIT))
            name = f"{person}_{expression}.png"
            cv2.imwrite(str(london / name), cv2.convertScaleAbs(picture, alpha=0.8 + 0.1 * number))
            rows.append(f"{name},{expression},{person}")
    (london / "labels.csv").write_text("\n".join(rows))
    (london / "people.csv").write_text("face_id,hair\nann,red\nben,red\ncem,none\n")
    return folder / "fer2013"


@pytest.fixture(scope="module")
def adapted(data: Path, tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "adapted"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renderings, "PHOTOGRAPHS", 3)
        patch.setattr(renderings, "MADE_UP", 1)
        patch.setattr(adapt, "STEPS", 3)
        adapt.main(run=tiny_run, out=out, data=data)
    return out


def test_portraits_are_rendered_and_expressions_made_up(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderings, "PHOTOGRAPHS", 4)
    monkeypatch.setattr(renderings, "MADE_UP", 2)
    found = renderings.render(data.parent / "london")
    assert found.images.shape == (3 * (2 * 4 + 3 * 2), 48, 48)
    np.testing.assert_allclose(found.targets.sum(axis=1), 1, atol=1e-6)
    meant = [FER2013[row.argmax()] for row in found.targets[found.kinds == "photograph"]]
    assert meant == (["neutral"] * 4 + ["happy"] * 4) * 3
    doubt = found.targets[found.kinds == "made up"]
    assert set(doubt.argmax(axis=1)) == {FER2013.index(e) for e in ("angry", "sad", "surprise")}
    assert (doubt[:, NEUTRAL] > 0.05).all()
    assert set(found.subjects) == set(PEOPLE)
    again = renderings.render(data.parent / "london")
    np.testing.assert_array_equal(found.images, again.images)


def test_smiles_are_seen_on_others_and_learnt_from_only_where_both_are_known(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderings, "PHOTOGRAPHS", 1)
    monkeypatch.setattr(renderings, "MADE_UP", 1)
    monkeypatch.setattr(renderings, "TRANSFERRED", 5)
    found = renderings.render(data.parent / "london", smiles=True)
    smiles = found.kinds == "transferred"
    assert smiles.sum() == 3 * 5
    assert {FER2013[row.argmax()] for row in found.targets[smiles]} == {"happy"}
    assert (found.subjects != found.donors).tolist() == smiles.tolist()
    known = found.of({"ann", "ben"})
    assert set(found.subjects[known]) | set(found.donors[known]) == {"ann", "ben"}
    assert (known & smiles).any()
    without = renderings.render(data.parent / "london")
    np.testing.assert_array_equal(found.images[~smiles], without.images)


def test_only_the_last_stage_and_the_heads_learn(adapted: Path, tiny_run: Path) -> None:
    before, after = (load_net(run)[0].state_dict() for run in (tiny_run, adapted))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {"emotion.weight", "pool", "units.4.kernel"} <= changed
    assert not [name for name in changed if name.startswith(("units.0", "units.1"))]
    assert not [name for name in changed if "running" in name]


def test_it_reads_two_views_from_then_on(adapted: Path) -> None:
    assert load_net(adapted)[0].views == 2


def test_everybody_is_left_out_once(adapted: Path) -> None:
    left_out = [each.people for each in read_left_out(adapted)]
    assert sorted(name for people in left_out for name in people) == sorted(PEOPLE)


def test_what_is_there_is_kept(
    adapted: Path, data: Path, tiny_run: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderings, "PHOTOGRAPHS", 1)
    monkeypatch.setattr(renderings, "MADE_UP", 1)
    adapt.main(run=tiny_run, out=adapted, data=data)
    assert "learnt" not in capsys.readouterr().out


def test_without_people_there_is_nothing_to_learn(
    sheets: Path, tiny_run: Path, tmp_path: Path, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as stop:
        adapt.main(run=tiny_run, out=tmp_path / "out", data=sheets)
    assert stop.value.code == 2
    assert "nobody to learn from" in capsys.readouterr().err


def test_people_are_judged_by_networks_that_have_not_seen_them(
    adapted: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.main(run=adapted, out=tmp_path, data=data)
    metrics = json.loads((tmp_path / "emotion.json").read_text())["metrics"]
    assert "smiles_called_happy" in metrics["operating_point_cross_fitted"]
    judged: list[tuple[str, str]] = []

    def look_at(photos: list[renderings.Path], model: Path) -> list[object]:
        judged.extend((photo.person, model.parent.name) for photo in photos)
        return real(photos, model)

    real = audit.look_at
    monkeypatch.setattr(audit, "look_at", look_at)
    audit.main(run=adapted, models=tmp_path, json_path=tmp_path / "people.json", data=data)
    unseen = {name: each.folder.name for each in read_left_out(adapted) for name in each.people}
    assert len(judged) == 6
    assert all(unseen[person] == folder for person, folder in judged)
    report = json.loads((tmp_path / "people.json").read_text())
    assert report["pictures"] == 6
    assert {row["group"] for row in report["groups"]} == {"red", "none"}


def test_a_run_that_left_nobody_out_cannot_be_audited(tiny_run: Path, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        audit.main(run=tiny_run)
    assert stop.value.code == 2
    assert "training.adapt" in capsys.readouterr().err
