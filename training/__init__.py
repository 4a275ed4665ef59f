"""Training of the small models in `workers/extract/models`: `python -m training NAME`."""
