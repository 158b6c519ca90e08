"""Benchmarks: ratios against named references in one run, so that they can be repeated on any machine."""
