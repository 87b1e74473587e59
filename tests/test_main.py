"""What is imported where `emotion-overlay` starts, and where its windows do."""

from __future__ import annotations

import subprocess
import sys

#: Large, and nothing that a window needs.
LARGE = {"cv2", "numpy", "pydantic", "typer", "mediapipe", "onnxruntime"}


def imported_with(*modules: str) -> set[str]:
    """The large modules that come with others, in a process of their own."""
    script = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    return LARGE & set(done.stdout.split())


def test_processes_of_windows_import_nothing_large():
    # Python imports the program's main module in each process that it starts.
    assert imported_with("overlay.__main__", "overlay.gui.process") == set()


def test_but_the_command_line_does():
    assert imported_with("overlay.cli") >= {"pydantic", "typer"}
