"""The page that does the same in a browser: what it shares with this package, and serving it."""
