"""A pytest plugin for continuous integration: a skip that nobody announced is a failure.

Load it with `-p tests.no_skips`. A skip is announced when its reason begins with `PLATFORM:`,
that is, when the test cannot run on this operating system whatever is installed.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

ANNOUNCED = "PLATFORM:"


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
    if not reason.startswith(ANNOUNCED):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: unexpected skip: {reason}"
