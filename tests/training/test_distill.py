from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.conftest import TINY
from training.config import read_config
from training.data import read_sheet
from training.distill import SOFT_LABELS, main
from training.errors import CheckpointError
from training.networks import make_network
from training.run import CHECKPOINT, load_net, predict, read_checkpoint
from training.teacher import Teacher, cached_soft_labels, soft_labels
from training.train import main as train
from training.widen import widened

Capture = pytest.CaptureFixture[str]


def student_config(folder: Path, view: str, epochs: int = 2) -> Path:
    path = folder / f"{view}{epochs}.toml"
    text = TINY.replace("epochs = 3", f"epochs = {epochs}")
    path.write_text(f'{text}\n[distillation]\nview = "{view}"\nweight = 1.0\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("view", ["same", "cached"])
def test_a_student_comes_to_agree_with_its_teachers(
    view: str, tiny_run: Path, tiny_models: Path, sheets: Path, tmp_path: Path
) -> None:
    images = read_sheet(sheets / "train.png", sheets / "train.csv").images
    teachers = [tiny_run, tiny_models / "emotion.onnx"]
    wanted = soft_labels(Teacher(teachers), images)[0]
    distances = []
    for epochs in (1, 8):
        out = tmp_path / f"student{epochs}"
        main(config=student_config(tmp_path, view, epochs), teacher=teachers, out=out, data=sheets)
        logits = predict(load_net(out)[0], images)[0]
        found = torch.from_numpy(logits).softmax(dim=1).numpy()
        distances.append(float(np.abs(found - wanted).mean()))
    assert distances[1] < distances[0]
    assert (out / SOFT_LABELS).is_file() == (view == "cached")


@pytest.mark.parametrize("view", ["same", "cached"])
def test_an_interrupted_student_ends_as_an_uninterrupted_one(
    view: str, tiny_run: Path, sheets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = student_config(tmp_path, view)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    main(config=config, teacher=[tiny_run], out=whole, data=sheets, start=tiny_run)
    with monkeypatch.context() as patch:
        patch.setattr("training.train.report", interrupt)
        with pytest.raises(KeyboardInterrupt):
            main(config=config, teacher=[tiny_run], out=parts, data=sheets, start=tiny_run)
    assert read_checkpoint(parts / CHECKPOINT)["epoch"] == 1
    main(config=config, teacher=[tiny_run], out=parts, data=sheets, resume=True)
    found = read_checkpoint(parts / CHECKPOINT)["average"]
    for name, value in read_checkpoint(whole / CHECKPOINT)["average"].items():
        assert torch.equal(value, found[name]), name


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_born_again_student_starts_as_its_teacher(
    tiny_run: Path, sheets: Path, tmp_path: Path
) -> None:
    """A rate of almost zero leaves it there."""
    config = student_config(tmp_path, "same", 1)
    config.write_text("lr = 1e-9\n" + config.read_text().replace("kernel_lr = 0.1", ""))
    config.write_text("kernel_lr = 1e-9\n" + config.read_text())
    main(config=config, teacher=[tiny_run], out=tmp_path / "b", data=sheets, start=tiny_run)
    teacher, student = load_net(tiny_run)[0], load_net(tmp_path / "b")[0]
    torch.testing.assert_close(student.fer2013.weight, teacher.fer2013.weight)


def test_a_teacher_does_not_mind_mirror_images(tiny_run: Path) -> None:
    faces = torch.rand(5, 1, 48, 48)
    teacher = Teacher([tiny_run])
    for plain, mirrored in zip(teacher(faces), teacher(faces.flip(3)), strict=True):
        torch.testing.assert_close(plain, mirrored)
        torch.testing.assert_close(plain.sum(dim=1), torch.ones(5))


def test_soft_labels_are_small_and_kept(tiny_run: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (400, 48, 48), dtype=np.uint8)
    cache = tmp_path / "soft.npz"
    first = cached_soft_labels([tiny_run], images, cache)
    assert cache.stat().st_size < 400 * 30 + 1500
    again = cached_soft_labels([tmp_path / "no teacher is asked twice"], images, cache)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(CheckpointError, match="other tiles"):
        cached_soft_labels([tiny_run], images[:300], cache)
    cache.write_bytes(cache.read_bytes()[:900])
    with pytest.raises(CheckpointError, match="damaged"):
        cached_soft_labels([tiny_run], images, cache)


@pytest.mark.parametrize("trouble", ["no table", "no teacher", "unknown", "other start"])
def test_bad_input_is_one_line(
    trouble: str, tiny_run: Path, tiny_config: Path, sheets: Path, tmp_path: Path, capsys: Capture
) -> None:
    config, teachers, start = student_config(tmp_path, "same"), [tiny_run], None
    if trouble == "no table":
        config = tiny_config
    elif trouble == "no teacher":
        teachers = []
    elif trouble == "unknown":
        teachers = [tmp_path / "none.onnx"]
    else:
        start = tiny_run
        config.write_text(config.read_text().replace("stem = 4", "stem = 3"))
    with pytest.raises(SystemExit) as stop:
        main(config=config, teacher=teachers, out=tmp_path / "o", data=sheets, start=start)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_plain_training_refuses_a_distillation_config(
    sheets: Path, tmp_path: Path, capsys: Capture
) -> None:
    with pytest.raises(SystemExit):
        train(config=student_config(tmp_path, "same"), out=tmp_path / "o", data=sheets)
    assert "training.distill" in capsys.readouterr().err


@pytest.mark.parametrize(("start", "config"), [("student", "wide"), ("wide", "finish")])
def test_each_step_to_the_shipped_model_fits_the_one_before(start: str, config: str) -> None:
    configs = Path(__file__).parents[2] / "training" / "configs"
    before, after = (read_config(configs / f"{name}.toml") for name in (start, config))
    old, fresh = (make_network(step.architecture).state_dict() for step in (before, after))
    assert widened(old, fresh).keys() == fresh.keys()
    assert after.distillation is not None
