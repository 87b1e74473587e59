"""What page and package have in common is written from the package alone."""

import json
from pathlib import Path

import numpy as np

from overlay.drawing.themes import load_theme
from overlay.perception import crop, smoothing, tracker
from overlay.scene import EMOTIONS
from overlay.web.export import shared, write_shared

SHARED = json.loads(json.dumps(shared()))


def test_numbers_are_those_of_perception():
    numbers = SHARED["perception"]
    assert numbers["crop"]["SIDE"] == crop.SIDE
    assert numbers["crop"]["OFFSET"] == [*crop.OFFSET]
    assert numbers["smoothing"]["FADE_S"] == smoothing._FADE_S
    assert numbers["tracker"]["FORGET_S"] == tracker.FORGET_S


def test_a_number_that_changes_in_the_package_changes_here(monkeypatch):
    monkeypatch.setattr(smoothing, "_LEAD", 0.25)
    assert shared()["perception"]["smoothing"]["LEAD"] == 0.25


def test_colours_are_the_themes_as_css_writes_them():
    blue, green, red = load_theme("dark").emotions["happy"]
    assert SHARED["themes"]["dark"]["emotions"]["happy"] == f"#{red:02x}{green:02x}{blue:02x}"


def test_every_language_has_a_word_for_every_label():
    for words in SHARED["languages"].values():
        assert {*words["emotions"]} == {*EMOTIONS, "unsure"}


def test_the_check_of_faces_has_all_its_weights():
    assert np.isfinite(SHARED["face_check"]["weights"]).sum() == 902


def test_models_and_pictures_are_copied(tmp_path: Path):
    write_shared(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"constants.json", "emotion.onnx", "detector.tflite", "grace_hopper.jpg"} <= names
