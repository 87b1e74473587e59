"""Writes what the page in `web/` shares with this package: `python -m overlay.web.export FOLDER`.

The page is written in TypeScript; its numbers, labels, colours and words are these. So a change
here reaches the page at its next build, and a name that is gone fails that build.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import fields
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from PIL import Image

import overlay
from overlay.drawing import languages, layout, styles, themes
from overlay.host import resources
from overlay.models_store import detector_path, read_json
from overlay.perception import (
    crop,
    detector,
    doubt,
    face_check,
    networks,
    picture_search,
    resting,
    search,
    smoothing,
    tracker,
)
from overlay.scene import EMOTIONS, UNSURE, Reason

_ROOMS = (crop, detector, doubt, face_check, picture_search, resting, search, smoothing, tracker)


def write_shared(folder: Path) -> None:
    """Write `constants.json` and the files that the page serves as they are.

    Args:
        folder: Where to; it is made, and what is in it is replaced.

    Raises:
        ModelError: A model is missing or altered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(shared(), ensure_ascii=False, indent=1)
    (folder / "constants.json").write_text(text + "\n", encoding="utf-8")
    models = resources.models_dir()
    drawing, sources = (Path(overlay.__file__).parent / name for name in ("drawing", "sources"))
    shutil.copy(detector_path(), folder / "detector.tflite")
    shutil.copy(models / "emotion.onnx", folder)
    shutil.copy(models / "card" / "confusion.png", folder)
    shutil.copy(drawing / "fonts" / "Hind-SemiBold.ttf", folder)
    portrait = Image.open(sources / "grace_hopper.jpg")
    portrait.info.clear()  # a comment names where it is from, and the page names no address
    portrait.save(folder / "grace_hopper.jpg", quality=92)


def shared() -> dict[str, Any]:
    """Everything that page and package have in common, as JSON has it."""
    models = resources.models_dir()
    model, check = read_json(models / "emotion.json"), read_json(models / "face_check.json")
    return {
        "version": overlay.__version__,
        "emotions": EMOTIONS,
        "unsure": UNSURE,
        "reasons": get_args(Reason),
        "perception": {
            **{room.__name__.rpartition(".")[2]: _numbers(room) for room in _ROOMS},
            "tracking": {"KEEP": _numbers(networks)["KEEP"], "THRESHOLD": _threshold()},
        },
        "drawing": _numbers(layout) | _numbers(styles),
        "face_check": {"bias": check["bias"], "weights": check["weights"]},
        "model": {key: model[key] for key in ("unsure", "sensitivities", "resting", "metrics")}
        | {"side": model["input"]["side"]},
        "themes": {name: _theme(name) for name in themes.SUPPORTED_THEMES},
        "languages": {name: _words(name) for name in languages.SUPPORTED_LANGUAGES},
    }


def _numbers(module: ModuleType) -> dict[str, Any]:
    """The constants of a module that are numbers, or tuples of them, without leading `_`."""
    return {
        name.lstrip("_"): value
        for name, value in vars(module).items()
        if name.lstrip("_").isupper() and _is_numeric(value)
    }


def _is_numeric(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(_is_numeric, value))
    return isinstance(value, int | float)


def _threshold() -> float:
    """The detector's threshold where nobody chooses another."""
    return float(signature(networks.Networks).parameters["threshold"].default)


def _theme(name: str) -> dict[str, Any]:
    theme = themes.load_theme(name)
    values = {field.name: getattr(theme, field.name) for field in fields(theme)}
    emotions = {emotion: themes.css_color(color) for emotion, color in theme.emotions.items()}
    colors = {
        key: themes.css_color(value) for key, value in values.items() if isinstance(value, tuple)
    }
    return {**values, **colors, "emotions": emotions}


def _words(name: str) -> dict[str, Any]:
    language = languages.load_language(name)
    return {
        "name": language.name,
        "emotions": dict(language.emotions),
        "reasons": dict(language.reasons),
        "percent": language.percent,
        "mark": language.mark,
    }


if __name__ == "__main__":
    write_shared(Path(sys.argv[1]))
