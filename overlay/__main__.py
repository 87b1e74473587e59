"""`python -m overlay` is `emotion-overlay`."""

from overlay.cli import main

main()
