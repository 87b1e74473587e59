from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.training.conftest import make_tiles
from training.data import FER2013, FERPLUS
from training.evaluate import HEADS, main, report

Capture = pytest.CaptureFixture[str]


def measured(capsys: Capture, **options: object) -> dict:
    main(json_path="-", **options)  # type: ignore[arg-type]
    return json.loads(capsys.readouterr().out)


def test_json_of_a_sheet_holds_every_figure(
    tiny_models: Path, sheets: Path, capsys: Capture
) -> None:
    result = measured(
        capsys,
        model=tiny_models / "emotion.onnx",
        sheet=sheets / "public_test.png",
        labels=sheets / "public_test.csv",
    )
    assert set(result) == set(HEADS)
    for head, names in HEADS.items():
        figures = result[head]
        confusion = np.array(figures["confusion"])
        assert confusion.shape == (len(names), len(names))
        assert figures["accuracy"] == pytest.approx(np.trace(confusion) / confusion.sum())
        assert list(figures["recall"]) == list(names)
        assert {"macro_f1", "ece", "images"} <= figures.keys()
        assert list(figures["operating_point"]["recall"]) == list(FER2013[:6])


def test_flip_averages_the_mirror_image(tiny_models: Path, sheets: Path, capsys: Capture) -> None:
    options = {
        "model": tiny_models / "emotion.onnx",
        "sheet": sheets / "public_test.png",
        "labels": sheets / "public_test.csv",
    }
    plain, flipped = measured(capsys, **options), measured(capsys, **options, flip=True)
    assert plain["fer2013"]["ece"] != flipped["fer2013"]["ece"]


def test_a_folder_of_images_counts_contempt_for_ferplus_only(
    tiny_models: Path, tmp_path: Path, capsys: Capture
) -> None:
    tiles = make_tiles(14)
    for number, (image, label) in enumerate(zip(tiles.images, tiles.labels, strict=True)):
        folder = tmp_path / ("contempt" if number == 13 else FERPLUS[label])
        folder.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize(image, (96, 120)))
    result = measured(capsys, model=tiny_models / "emotion.onnx", folder=tmp_path)
    assert result["fer2013"]["images"] == result["emotion"]["images"] == 13
    assert result["ferplus"]["images"] == 14
    assert result["ferplus"]["recall"]["contempt"] is not None


def test_a_class_without_images_is_null_in_json(
    tiny_models: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "a.png"), make_tiles(1).images[0])
    result = measured(capsys, model=tiny_models / "emotion.onnx", folder=tmp_path)
    assert result["fer2013"]["recall"]["sad"] is None
    assert result["fer2013"]["recall"]["happy"] is not None


def test_people_get_tables(tiny_models: Path, sheets: Path, capsys: Capture) -> None:
    main(
        model=tiny_models / "emotion.onnx",
        sheet=sheets / "public_test.png",
        labels=sheets / "public_test.csv",
    )
    out = " ".join(capsys.readouterr().out.split())
    assert "fer2013 on 42 images: accuracy" in out
    assert "emotion on 42 images: accuracy" in out


def test_right_answers_give_full_marks() -> None:
    tiles = make_tiles(70)
    certain = np.eye(8, dtype=np.float32)[tiles.labels]
    outputs = {"fer2013": certain[:, :7], "ferplus": certain, "emotion": certain[:, :7]}
    for figures in report(outputs, tiles).values():
        assert figures["accuracy"] == figures["macro_f1"] == 1
        assert figures["ece"] == 0
        assert figures["operating_point"]["mean_recall"] == 1


@pytest.mark.parametrize("trouble", ["model absent", "model damaged", "no data", "both", "no json"])
def test_bad_input_is_one_line(
    tiny_models: Path, sheets: Path, tmp_path: Path, capsys: Capture, trouble: str
) -> None:
    options: dict[str, object] = {
        "model": tiny_models / "emotion.onnx",
        "sheet": sheets / "public_test.png",
        "labels": sheets / "public_test.csv",
        "json_path": "-",
    }
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes((tiny_models / "emotion.onnx").read_bytes()[:2000])
    options |= {
        "model absent": {"model": tmp_path / "none.onnx"},
        "model damaged": {"model": damaged},
        "no data": {"sheet": None},
        "both": {"folder": tmp_path},
        "no json": {"json_path": str(tmp_path / "none" / "out.json")},
    }[trouble]
    with pytest.raises(SystemExit) as stop:
        main(**options)  # type: ignore[arg-type]
    assert stop.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
