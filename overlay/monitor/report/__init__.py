"""The report: one HTML file that needs nothing else, not even a script."""

from overlay.monitor.report.page import build_page

__all__ = ["build_page"]
