"""The benchmark: what the application costs over a plain copy of the camera's pictures.

It measures time, so that no test has to; `docs/PERFORMANCE.md` keeps its figures.
"""
