"""Benchmarks: `python -m bench` lists them, `python -m bench NAME [--json] [--quick]` runs one.

Each runs feedmill and what a user would pick instead on the same work in one run; read the ratios, not
the absolute times.
"""
