"""The networks that read faces, opened once."""

from __future__ import annotations

from pathlib import Path

from overlay.perception.classifier import Classifier, Sensitivity
from overlay.perception.detector import FaceDetector

# A face that is already tracked is kept, and one that is found in a picture is looked at again,
# down to this fraction of the threshold.
_KEEP = 0.6


class Networks:
    """Detector and expression network.

    Args:
        model: The expression network; by default the one that comes with the application.
        threshold: The lowest confidence at which a face counts, 0 to 1.
        sensitivity: How readily a face gets a label other than neutral.

    Attributes:
        classifier: The expression network.
        detector: Finds faces, doubtful ones as well.
        threshold: As given.

    Raises:
        ModelError: A model is missing, altered, or does not meet the contract.
        MissingLibraryError: A library of the operating system is missing.
    """

    def __init__(
        self,
        model: Path | None = None,
        threshold: float = 0.5,
        sensitivity: Sensitivity = "balanced",
    ) -> None:
        self.threshold = threshold
        self.classifier = Classifier(model, sensitivity)
        self.detector = FaceDetector(threshold=threshold * _KEEP)

    def close(self) -> None:
        """Release them; safe to call twice."""
        self.detector.close()
