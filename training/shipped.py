"""Write the checksums of the shipped models into the program: ``python -m training.shipped``.

The program opens no other file as the model that comes with it. ``training.export`` does this by
itself when it writes into ``models``.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from overlay import shipped
from overlay.host import resources
from overlay.host.atomic_file import atomic_write

_CONTENT = '''\
"""Checksums of the models that come with the application; `python -m training.shipped` writes them.

They are part of the program, so that whoever can change a model and its description alone cannot
have another one opened. A model that the user names is checked against its own description.
"""

EMOTION_SHA256 = "{emotion}"
DETECTOR_SHA256 = "{detector}"
FACE_CHECK_SHA256 = "{face_check}"
'''


def sums_of(models: Path) -> str:
    """The content of `overlay/shipped.py` for the descriptions in a folder."""
    sums = {
        name: json.loads((models / f"{name}.json").read_text(encoding="utf-8"))["sha256"]
        for name in ("emotion", "detector")
    }
    sums["face_check"] = hashlib.sha256((models / "face_check.json").read_bytes()).hexdigest()
    return _CONTENT.format(**sums)


def write_sums() -> Path:
    """Write `overlay/shipped.py` for the models of this checkout."""
    path = Path(shipped.__file__)
    with atomic_write(path) as file:
        file.write(sums_of(resources.models_dir()).encode())
    return path


if __name__ == "__main__":
    print(f"{write_sums()} is written")
