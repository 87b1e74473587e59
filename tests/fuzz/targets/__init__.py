"""One module a target; see `tests.fuzz.campaign`."""
