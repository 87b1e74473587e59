"""The pipeline that makes ``models/emotion.onnx``: data, network, training, evaluation, export."""
