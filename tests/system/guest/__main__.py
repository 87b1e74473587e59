"""Runs one scenario and writes what it found as JSON lines to the folder for results."""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import time
import traceback
from pathlib import Path

from guest import scenarios

#: A scenario that takes so long hangs, in seconds; the log then says where.
_PATIENCE_S = 600

if __name__ == "__main__":
    faulthandler.dump_traceback_later(_PATIENCE_S, exit=True)
    results = Path(os.environ["RESULTS"])
    began = time.monotonic()
    with (results / "cells.jsonl").open("w") as file:

        def report(**cell: object) -> None:
            """Write down one result."""
            file.write(json.dumps(cell) + "\n")
            file.flush()

        scenario, *arguments = sys.argv[1:]
        try:
            getattr(scenarios, scenario)(*arguments, report=report, results=results)
        except Exception as error:
            traceback.print_exc()
            report(reader="-", what=scenario, faults=[f"{type(error).__name__}: {error}"])
    print(f"{time.monotonic() - began:.0f} s", flush=True)
