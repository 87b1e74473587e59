"""Personal calibration measured on people: nothing leaks from references to tests."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.host import resources
from training.data import FER2013
from training.evaluate import main, open_model
from training.few_shot import measure_calibration, print_few_shot, split
from training.people import People

MODEL = resources.models_dir() / "emotion.onnx"
Capture = pytest.CaptureFixture[str]


def strangers(count: int, each: int, seed: int = 0) -> People:
    """Noise; `each` tiles of three expressions for each of `count` subjects."""
    rng = np.random.default_rng(seed)
    labels = np.tile(np.repeat([3, 4, 6], each), count)
    images = rng.integers(0, 255, (len(labels), 48, 48), dtype=np.uint8)
    subjects = np.repeat([f"s{i}" for i in range(count)], 3 * each)
    return People(images, labels.astype(np.int64), subjects, {"a reason": 2}, {})


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(1, 5), st.integers(0, 100))
def test_no_picture_is_both_reference_and_test(labels: list[int], shots: int, seed: int) -> None:
    truth = np.array(labels, np.int64)
    references, test = split(truth, shots, np.random.default_rng(seed))
    assert not set(references.tolist()) & set(test.tolist())
    assert sorted([*references.tolist(), *test.tolist()]) == list(range(len(labels)))
    for label in set(labels):
        given_ = int((truth[references] == label).sum())
        assert given_ == (shots if labels.count(label) > shots else 0)
        assert (truth[test] == label).any()


def test_every_number_of_shots_is_told_with_mean_and_spread() -> None:
    result = measure_calibration(
        open_model(MODEL), MODEL, strangers(3, 4), shots=[1, 3, 9], draws=3
    )
    assert result["subjects"] == 3
    assert result["images"] == 36
    assert result["population"]
    assert result["left_out"] == {"a reason": 2}
    assert result["shots"]["9"] == {
        "subjects": 0,
        "skipped": {"no expression with more than 9 pictures": 3},
    }
    for shots in (1, 3):
        figures = result["shots"][str(shots)]
        assert figures["subjects"] == 3
        assert figures["test_images"] == 36 - 3 * 3 * shots
        for key in ("accuracy", "macro_recall"):
            values = figures[key]
            assert set(values) == {
                f"{name}{end}" for name in ("before", "after", "gain") for end in ("", "_std")
            }
            assert values["gain"] == pytest.approx(values["after"] - values["before"], abs=2e-4)
        assert set(figures["recall"]) == {"happy", "sad", "neutral"}
        assert sum(figures["subjects_by_change"].values()) == pytest.approx(3)


def test_draws_can_be_repeated() -> None:
    people, session = strangers(2, 3), open_model(MODEL)
    first, second = (
        measure_calibration(session, MODEL, people, shots=[1], draws=2) for _ in range(2)
    )
    assert first == second


def test_one_who_repeats_the_same_faces_is_read_better() -> None:
    """Noise read as anything is learnt by heart: tests are the references' near copies."""
    rng = np.random.default_rng(1)
    originals = rng.integers(0, 255, (3, 48, 48)).astype(np.int64)
    images = np.concatenate([o + rng.integers(-3, 4, (6, 48, 48)) for o in originals])
    people = People(
        np.clip(images, 0, 255).astype(np.uint8),
        np.repeat([3, 4, 6], 6).astype(np.int64),
        np.repeat(["s"], 18),
        {},
        {},
    )
    result = measure_calibration(open_model(MODEL), MODEL, people, shots=[3], draws=2)
    accuracy = result["shots"]["3"]["accuracy"]
    assert accuracy["before"] < 0.7
    assert accuracy["after"] > accuracy["before"] + 0.2


def test_the_command_reads_any_folder(tmp_path: Path, capsys: Capture) -> None:
    people = strangers(2, 3)
    for i, (image, label, subject) in enumerate(
        zip(people.images, people.labels, people.subjects, strict=True)
    ):
        (tmp_path / FER2013[label]).mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / FER2013[label] / f"{subject}_{i}.png"), image)
    options = {"few_shot": True, "folder": tmp_path, "subjects": r"^(s\d)_", "draws": 1}
    main(model=MODEL, json_path="-", shots="1,2", **options)  # type: ignore[arg-type]
    result = json.loads(capsys.readouterr().out)
    assert list(result["shots"]) == ["1", "2"]
    main(model=MODEL, shots="1", **options)  # type: ignore[arg-type]
    assert "macro recall" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"subjects": None}, "--subjects"),
        ({"folder": None}, "--folder"),
        ({"shots": "1,x"}, "--shots"),
        ({"shots": "0"}, "--shots"),
        ({"shots": "50"}, "nobody has more than 50"),
        ({"faces": "some"}, "--faces"),
    ],
)
def test_bad_options_are_one_line(
    tmp_path: Path, capsys: Capture, options: dict[str, object], said: str
) -> None:
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "p1_0.png"), strangers(1, 1).images[0])
    given_ = {"few_shot": True, "folder": tmp_path, "subjects": "^(p1)", "model": MODEL, **options}
    with pytest.raises(SystemExit) as caught:
        main(**given_)  # type: ignore[arg-type]
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_the_table_says_who_was_left_out(capsys: Capture) -> None:
    result = measure_calibration(open_model(MODEL), MODEL, strangers(2, 4), shots=[1, 9], draws=1)
    print_few_shot(result)
    text = capsys.readouterr().out
    assert "2 pictures: a reason" in text
    assert "2 people left out" in text
