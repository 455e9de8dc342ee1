"""Benchmarks: each prints ratios of things measured in one run, since times of one machine mean little on another."""
