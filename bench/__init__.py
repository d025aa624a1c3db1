"""Measurements: what the program costs beside the ways people would use instead. Run `python -m bench`."""
