"""Where files that are not code lie: what is shipped, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "emotion-overlay"


def models_dir() -> Path:
    """The folder with the models, `emotion.json` and `detector.json`.

    An installed wheel carries it inside the package; in a checkout it is the top-level `models/`.
    """
    package = Path(__file__).resolve().parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"


def virtual_camera_script() -> Path:
    """The script that sets up a virtual camera on Linux, for root to run."""
    package = Path(__file__).resolve().parent
    installed = package / "virtual-camera.sh"
    return installed if installed.exists() else package.parent / "installer/linux/virtual-camera.sh"


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
