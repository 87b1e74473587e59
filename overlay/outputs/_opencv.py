"""Keeps OpenCV's own log lines off the user's terminal."""

from __future__ import annotations

import os

import cv2

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # read when a file is first opened
if "OPENCV_LOG_LEVEL" not in os.environ:  # set where a log takes such lines
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
