"""Where files that are not code lie: what is shipped, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "emotion-overlay"

_PACKAGE = Path(__file__).resolve().parents[1]


def models_dir() -> Path:
    """The folder with the models, `emotion.json` and `detector.json`.

    An installed wheel carries it inside the package; in a checkout it is the top-level `models/`.
    """
    installed = _PACKAGE / "models"
    return installed if installed.is_dir() else _PACKAGE.parent / "models"


def virtual_camera_script() -> Path:
    """The script that sets up a virtual camera on Linux, for root to run."""
    installed = _PACKAGE / "virtual-camera.sh"
    in_checkout = _PACKAGE.parent / "installer/linux/virtual-camera.sh"
    return installed if installed.exists() else in_checkout


def data_dir() -> Path:
    """The user's data folder of this application; it need not exist yet."""
    return platformdirs.user_data_path(APP_NAME, appauthor=False)


def config_dir() -> Path:
    """The user's configuration folder of this application; it need not exist yet.

    The environment variable `EMOTION_OVERLAY_CONFIG_DIR` names another one.
    """
    named = os.environ.get("EMOTION_OVERLAY_CONFIG_DIR")
    return Path(named) if named else platformdirs.user_config_path(APP_NAME, appauthor=False)


def log_dir() -> Path:
    """The user's folder for log files of this application; it need not exist yet.

    The environment variable `EMOTION_OVERLAY_LOG_DIR` names another one.
    """
    named = os.environ.get("EMOTION_OVERLAY_LOG_DIR")
    return Path(named) if named else platformdirs.user_log_path(APP_NAME, appauthor=False)
