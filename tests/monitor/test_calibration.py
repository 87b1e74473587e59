"""Personal calibration: from pictures to numbers, and what they do."""

from __future__ import annotations

import json
import stat
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.errors import StudentError
from overlay.monitor import calibrate_command
from overlay.monitor.calibration import (
    Calibration,
    Model,
    add_references,
    check_label,
    effect_of,
    load_personal,
    read_calibration,
    reset_calibration,
)
from overlay.monitor.references import Guide
from overlay.monitor.students import Student, add_student
from overlay.perception.portrait import PortraitReader
from overlay.scene import EMOTIONS
from overlay.settings import make_settings
from overlay.sources import open_source
from tests.clips import read_clip
from tests.monitor.readings import population, some

#: "I am reading".
HINDI = unicodedata.normalize("NFC", "पढ़ रहा हूँ")


@pytest.fixture
def ana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return add_student("Ana")


@pytest.fixture(
    scope="session",
    params=[
        ("smiling", "two"),
        ("head-pose-face-detection-male", "head-pose-face-detection-female-and-male"),
    ],
    ids=["made", "real"],
)
def pictures(
    request: pytest.FixtureRequest,
    clip_path: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Path]:
    """Six pictures of one person, as PNG files, one of two people, and one of nobody."""
    one, two = (read_clip(clip_path(name)) for name in request.param)
    folder = tmp_path_factory.mktemp("pictures")
    files = []
    for frame in one[:56:10]:
        files.append(folder / f"one{frame.index}.png")
        cv2.imwrite(str(files[-1]), frame.image)
    cv2.imwrite(str(folder / "two.png"), two[0].image)
    cv2.imwrite(str(folder / "nobody.png"), np.full((200, 300, 3), 90, np.uint8))
    (folder / "notes.png").write_text("no picture")
    return files


def written(student: Student) -> dict:
    return json.loads((student.folder / "calibration.json").read_text(encoding="utf-8"))


def test_pictures_become_numbers_and_nothing_else(ana: Student, pictures: list[Path]):
    before = set(ana.folder.rglob("*"))
    calibrate_command.calibrate_from_files(ana, [("happy", path) for path in pictures[:3]])
    (new,) = set(ana.folder.rglob("*")) - before
    assert new.name == "calibration.json"
    content = written(ana)
    assert set(content) == {"format", "model", "references"}
    assert content["model"]["sha256"] == Model.current().sha256
    for reference in content["references"]:
        assert set(reference) == {"label", "probabilities", "embedding"}
        assert all(
            isinstance(x, float) for x in reference["probabilities"] + reference["embedding"]
        )
    assert all(path.name not in json.dumps(content) for path in pictures)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes; the folder is private")
def test_only_the_owner_can_read_them(ana: Student):
    add_references(ana, some("happy", 2))
    mode = (ana.folder / "calibration.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_what_is_kept_is_what_is_read(ana: Student):
    kept = add_references(ana, some("happy", 3))
    read = read_calibration(ana)
    assert read is not None
    assert read.references.labels == kept.references.labels
    np.testing.assert_allclose(read.references.embeddings, kept.references.embeddings, atol=1e-5)


def test_new_pictures_replace_those_of_the_same_label_and_no_others(ana: Student):
    add_references(ana, some("happy", 3))
    add_references(ana, some("neutral", 2))
    add_references(ana, some("happy", 1))
    read = read_calibration(ana)
    assert read is not None
    assert read.references.counts == {"neutral": 2, "happy": 1}


def test_without_a_calibration_nothing_adapts(ana: Student):
    assert read_calibration(ana) is None
    assert load_personal(ana) == (None, None)
    assert not reset_calibration(ana)
    assert calibrate_command.describe(ana) == ["Ana: not calibrated"]


def test_a_reset_leaves_nothing(ana: Student):
    add_references(ana, some("happy", 3))
    assert reset_calibration(ana)
    assert not (ana.folder / "calibration.json").exists()
    assert load_personal(ana) == (None, None)


def test_another_network_makes_it_useless_and_says_so(ana: Student):
    add_references(ana, some("happy", 3))
    content = written(ana)
    content["model"] = {"version": "0.0.1", "sha256": "0" * 64}
    (ana.folder / "calibration.json").write_text(json.dumps(content), encoding="utf-8")
    personal, notice = load_personal(ana)
    assert personal is None
    assert notice is not None
    assert "0.0.1" in notice
    assert "calibrate again" in notice
    assert "calibrate again" in calibrate_command.describe(ana)[-1]
    fresh = add_references(ana, some("sad", 2))
    assert fresh.references.counts == {"sad": 2}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "model": {"version": "1", "sha256": "0"}, "references": []}',
        '{"format": 1, "model": {"version": "1", "sha256": "0"}, "references": [{"label": "happy",'
        ' "embedding": [1, NaN], "probabilities": [1, 0, 0, 0, 0, 0, 0]}]}',
        '{"format": 1, "model": {"version": "1", "sha256": "0"}, "references": [{"label": "happy",'
        f' "embedding": [1, 1{"0" * 400}], "probabilities": [1, 0, 0, 0, 0, 0, 0]}}]}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_keeps_no_session_from_being_recorded(ana: Student, content: str):
    (ana.folder / "calibration.json").write_text(content, encoding="utf-8")
    with pytest.raises(StudentError, match="--reset") as caught:
        read_calibration(ana)
    assert "\n" not in str(caught.value)
    personal, notice = load_personal(ana)
    assert personal is None
    assert notice is not None
    assert "not used" in notice


def test_the_effect_is_told_for_references_and_other_people(ana: Student):
    for label in ("neutral", "sad", "happy"):
        add_references(ana, some(label, 3))
    calibration = read_calibration(ana)
    assert calibration is not None
    effect = effect_of(calibration)
    assert {label: recall.faces for label, recall in effect.references.items()} == {
        "neutral": 3,
        "sad": 3,
        "happy": 3,
    }
    assert set(effect.others) == set(EMOTIONS)
    for name in set(EMOTIONS) - set(effect.touched):
        recall = effect.others[name]
        assert recall.before - recall.after <= 0.1 * recall.faces
    lines = calibrate_command.describe(ana, calibration)
    assert "no pictures are kept" in lines[0]
    assert any("left out" in line for line in lines)


def test_the_student_is_told_what_is_spared(ana: Student):
    calibration = add_references(ana, some("happy", 5, as_label="neutral"))
    text = "\n".join(calibrate_command.describe(ana, calibration))
    assert "mistaken for happy" in text
    assert "add pictures of it too" in text


def test_an_own_label_is_learnt_and_counted(ana: Student):
    calibration = add_references(ana, some("surprise", 8, as_label="about to sneeze"))
    right, count = effect_of(calibration).own["about to sneeze"]
    assert 0 <= right <= count
    assert count == 8
    personal, notice = load_personal(ana)
    assert personal is not None
    assert notice is None
    everybody = population()
    found = personal.own_labels(everybody.embeddings)
    assert found.count("about to sneeze") <= 0.05 * len(everybody)


@pytest.mark.parametrize("count", [1, 4])
def test_an_own_label_needs_five_pictures(ana: Student, count: int):
    with pytest.raises(StudentError, match="at least 5"):
        add_references(ana, some("surprise", count, as_label="confused"))
    assert read_calibration(ana) is None


@pytest.mark.parametrize(
    ("label", "kept"),
    [("confused", "confused"), ("  about  to sneeze ", "about to sneeze"), ("Happy", "happy"),
     (HINDI, HINDI), ("unsure", None), ("UNSURE", None), ("", None), ("=1+1", None),
     ("-2", None), ("a\nb", "a b"), ("<b>", None), ("x" * 31, None), ("😀", None)],
)  # fmt: skip
def test_labels_are_words_that_can_be_shown_anywhere(label: str, kept: str | None):
    if kept is None:
        with pytest.raises(StudentError) as caught:
            check_label(label)
        assert "\n" not in str(caught.value)
    else:
        assert check_label(label) == kept


@pytest.mark.parametrize(
    ("name", "said"),
    [("two.png", "2 faces"), ("nobody.png", "no face"), ("notes.png", "not a picture"),
     ("gone.png", "no such file")],
)  # fmt: skip
def test_a_picture_that_cannot_be_used_is_named_and_nothing_is_kept(
    ana: Student, pictures: list[Path], name: str, said: str
):
    bad = pictures[0].with_name(name)
    with pytest.raises(StudentError, match=said) as caught:
        calibrate_command.calibrate_from_files(ana, [("happy", pictures[0]), ("happy", bad)])
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert read_calibration(ana) is None


def test_a_folder_names_the_expressions(ana: Student, pictures: list[Path], tmp_path: Path):
    for label, path in zip(("neutral", "happy", "happy"), pictures, strict=False):
        (tmp_path / "mine" / label).mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / label / path.name).write_bytes(path.read_bytes())
    files = calibrate_command.what([], folder=tmp_path / "mine", emotion=None, own_label=None)
    assert isinstance(files, list)
    calibration = calibrate_command.calibrate_from_files(ana, files)
    assert calibration.references.counts == {"happy": 2, "neutral": 1}


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    for make in (lambda: None, lambda: (tmp_path / "furious").mkdir()):
        make()
        with pytest.raises(StudentError):
            calibrate_command.what([], folder=tmp_path, emotion=None, own_label=None)
    with pytest.raises(StudentError, match="cannot be read"):
        calibrate_command.what([], folder=tmp_path / "gone", emotion=None, own_label=None)


@pytest.mark.parametrize(
    ("files", "options"),
    [
        (["a.png"], {}),
        ([], {"emotion": "happy", "own_label": "confused"}),
        ([], {"emotion": "confused"}),
        ([], {"own_label": "happy"}),
        (["a.png"], {"folder": Path("mine")}),
    ],
)
def test_arguments_that_contradict_each_other_are_refused(files: list[str], options: dict):
    given = {"folder": None, "emotion": None, "own_label": None, **options}
    with pytest.raises(StudentError):
        calibrate_command.what([Path(f) for f in files], **given)


def test_the_guide_takes_pictures_from_a_camera(ana: Student):
    said: list[str] = []
    settings = make_settings(source="demo", width=640, height=360, window=False)
    calibration = calibrate_command.calibrate_guided(
        ana, iter(["neutral"]), shots=1, settings=settings, say=said.append
    )
    assert calibration is not None
    assert calibration.references.counts == {"neutral": 1}
    assert [line for line in said if "taken" in line] == ["picture 1 of 1 taken"]
    assert said[0].startswith("look neutral, picture 1 of 1: 3 ...")
    assert read_calibration(ana) is not None


def test_the_guide_counts_by_the_time_of_the_frames():
    shown: list[str] = []
    with open_source("demo", size=(640, 360), fps=5, pace=False) as source, PortraitReader() as r:
        guide = Guide(source, r, say=lambda line: None, show=lambda i, b, line: shown.append(line))
        references = guide.take("happy", 2)
    assert references.labels == ("happy", "happy")
    assert references.embeddings.shape[0] == 2
    assert len(shown) >= 20  # three seconds and one second at five frames a second


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: np.full((200, 300, 3), 90, np.uint8), "no face found"),
        (lambda folder: cv2.imread(str(folder / "two.png")), "2 faces"),
    ],
)
def test_the_guide_gives_up_with_the_reason(
    pictures: list[Path], tmp_path: Path, make: Callable[[Path], np.ndarray], said: str
):
    (tmp_path / "frames").mkdir()
    cv2.imwrite(str(tmp_path / "frames" / "0.png"), make(pictures[0].parent))
    source = open_source(str(tmp_path / "frames"), fps=0.5, pace=False, loop=True)
    with source, PortraitReader() as reader:
        guide = Guide(source, reader, say=lambda line: None)
        with pytest.raises(StudentError, match=said):
            guide.take("happy", 1)


def test_the_guide_says_when_the_camera_ends(pictures: list[Path]):
    source = open_source(str(pictures[0]), pace=False)
    with source, PortraitReader() as reader:
        guide = Guide(source, reader, say=lambda line: None)
        with pytest.raises(StudentError, match="no more pictures"):
            guide.take("happy", 1)


def test_removing_a_student_takes_the_calibration_along(ana: Student):
    from overlay.monitor.students import remove_student

    add_references(ana, some("happy", 2))
    assert "calibration.json" in {path.name for path in remove_student("Ana")}
    assert not ana.folder.exists()


def test_a_calibration_is_of_one_network():
    calibration = Calibration(Model("1", "0" * 64), some("happy", 2))
    with pytest.raises(Exception, match="another network"):
        effect_of(calibration)
