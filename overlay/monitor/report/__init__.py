"""The report: one HTML file that needs nothing else, not even a script; or CSV, or JSON."""

from overlay.monitor.report.writing import (
    Format,
    make_report,
    reports_dir,
    save_report,
)

__all__ = ["Format", "make_report", "reports_dir", "save_report"]
