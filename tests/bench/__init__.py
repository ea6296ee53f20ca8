"""Benchmarks: each prints its figures with the alternatives beside them, measured in the same run."""
