from __future__ import annotations

from pathlib import Path

import pytest

from training.config import data_folder, read_config
from training.errors import ConfigError

CONFIGS = sorted((Path(__file__).parents[2] / "training" / "configs").glob("*.toml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configurations_are_valid(path: Path) -> None:
    assert read_config(path).epochs >= 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("epochs = 0", "epochs: Input should be greater than or equal to 1"),
        ("batch = 8", "epochs: Field required"),
        ("epochs = 3\nlearning = 1", "learning: Extra inputs are not permitted"),
        ("epochs = 3\n[augmentation]\nshear = 1", "augmentation.shear"),
        ("epochs = ", "not readable TOML"),
    ],
)
def test_a_wrong_configuration_names_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(path)


def test_an_absent_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such"):
        read_config(tmp_path / "none.toml")


def test_the_data_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMOTION_OVERLAY_SHARED", str(tmp_path))
    assert data_folder() == tmp_path / "data" / "fer2013"
