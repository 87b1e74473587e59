from __future__ import annotations

import sys


def test_a_call_of_qt_that_returns_nothing_does_not_use_none_up(qt):
    """PySide6 6.12.0 did, on Python 3.11: every window ended after some thousand calls."""
    from PySide6.QtCore import QObject

    part = QObject()
    before = sys.getrefcount(None)
    for _ in range(2000):
        part.setObjectName("part")
    assert sys.getrefcount(None) > before - 1000
