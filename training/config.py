"""The configuration of a training run, read from a TOML file under ``training/configs``."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.augmentation import Augmentation
from training.errors import ConfigError
from training.networks import Architecture

SHARED_VARIABLE = "EMOTION_OVERLAY_SHARED"
DEFAULT_SHARED = Path(__file__).resolve().parents[2] / "shared"


def data_folder() -> Path:
    """Where the sheets lie: ``data/fer2013`` in ``$EMOTION_OVERLAY_SHARED`` or ``../shared``."""
    return Path(os.environ.get(SHARED_VARIABLE, DEFAULT_SHARED)) / "data" / "fer2013"


class Distillation(BaseModel):
    """How a student learns from a teacher.

    Attributes:
        weight: share of the teacher in the loss; the labels keep the rest.
        temperature: softens both sides (Hinton et al., 2015).
        view: the teacher sees the ``same`` augmented faces as the student in every step (Beyer et
            al., 2022), or was asked once about each tile, its mirror image and its crops, and its
            answers are ``cached``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(default=0.7, ge=0, le=1)
    temperature: float = Field(default=1.0, gt=0)
    view: Literal["same", "cached"] = "same"


class Config(BaseModel):
    """All that determines a run, together with the data and the machine's arithmetic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    epochs: int = Field(ge=1)
    batch: int = Field(default=256, ge=2)
    threads: int = Field(default=2, ge=1)
    optimizer: Literal["muon", "sgd"] = "muon"
    lr: float = Field(default=0.05, gt=0)
    kernel_lr: float = Field(default=0.015, gt=0)
    momentum: float = 0.9
    weight_decay: float = 5e-4
    schedule: Literal["cosine", "plateau"] = "cosine"
    warmup_epochs: float = 1.0
    patience: int = Field(default=4, ge=1)
    early_stopping: int = Field(default=0, ge=0)
    plain_epochs: int = Field(default=0, ge=0)
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    ferplus_weight: float = 1.0
    shown_weight: float = 1.0
    shown_margin: float = 0.5
    covered_weight: float = 0.2
    ema_decay: float = 0.998
    architecture: Architecture = Architecture()
    augmentation: Augmentation = Augmentation()
    distillation: Distillation | None = None


def read_config(path: Path, seed: int | None = None) -> Config:
    """Read and check a configuration file; `seed` replaces the one that it names."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Config.model_validate(values if seed is None else {**values, "seed": seed})
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable TOML ({error})") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {place}: {first['msg']}") from None
