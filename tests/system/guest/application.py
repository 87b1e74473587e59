"""The installed application with one more source: `pattern`.

Called like `emotion-overlay`; only the source is a stand-in, everything else is the real thing.
"""

from __future__ import annotations

from typing import Any

from guest.pattern import PatternSource
from overlay import cli, sources


def _with_pattern(spec: str, **options: Any) -> sources.Source:
    if spec == "pattern":
        return PatternSource(options["size"], options["fps"])
    return _open_source(spec, **options)


_open_source = sources.open_source
sources.open_source = _with_pattern

if __name__ == "__main__":
    cli.main()
