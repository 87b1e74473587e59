"""The bundle's program: the application, or one of its helpers.

Helpers are started like any Python module, `sys.executable -m overlay.…`; in a bundle, that is this
program, so it understands `-m`, for modules of the application alone.
"""

import multiprocessing
import os
import runpy
import sys


def main() -> None:
    """Run what the arguments ask for."""
    _restore_environment()
    multiprocessing.freeze_support()  # a window's process does not come back from this
    if sys.argv[1:2] == ["-m"] and sys.argv[2:3] and sys.argv[2].startswith("overlay."):
        del sys.argv[0:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        from overlay.__main__ import main as run_application

        run_application()


def _restore_environment() -> None:
    """Keep the bundle's libraries from the system's programs, such as pkexec, that it starts.

    PyInstaller's start-up code adds them to this variable and keeps its former value:
    https://pyinstaller.org/en/stable/common-issues-and-pitfalls.html
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"  # its own helpers add them again


if __name__ == "__main__":
    main()
