"""Keeps libraries from reporting to their makers."""

from __future__ import annotations

import os


def refuse_telemetry() -> None:
    """Keep ONNX Runtime from sending anything; call it before that is imported.

    From 1.29 on it writes usage events to the home folder and sends them to Microsoft
    (microsoft/onnxruntime#27379) unless this is set before it is loaded.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
