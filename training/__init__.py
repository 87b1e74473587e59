"""The pipeline that makes ``models/emotion.onnx``: data, network, training, evaluation, export."""

from overlay.host.telemetry import refuse_telemetry

refuse_telemetry()
