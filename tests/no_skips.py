"""A pytest plugin for continuous integration: a skip that nobody announced is a failure.

Load it with `-p tests.no_skips`. A skip is announced when its reason begins with `PLATFORM:`,
that is, when the test cannot run on this operating system whatever is installed. On a machine
that is known to lack the shared data, set `EMOTION_OVERLAY_TESTS_WITHOUT_DATA=1`: there
`DATA MISSING:` is announced as well.
"""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

_ANNOUNCED = ("PLATFORM:",)
if os.environ.get("EMOTION_OVERLAY_TESTS_WITHOUT_DATA") == "1":
    _ANNOUNCED += ("DATA MISSING:",)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if not hasattr(report, "wasxfail"):
        _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or not isinstance(report.longrepr, tuple):
        return
    path, line, reason = report.longrepr
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith(_ANNOUNCED):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: unexpected skip: {reason}"
