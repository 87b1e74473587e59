"""Keeps OpenCV's log off the user's terminal, and its wait for a camera short."""

from __future__ import annotations

import os

import cv2

# Read by OpenCV when it first opens a file or camera. 5 s: the slowest webcams need 2-3 to start.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "5")
if "OPENCV_LOG_LEVEL" not in os.environ:  # set where a log takes such lines
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
