"""Benchmarks: each prints ratios of things measured in the same run, since times of one machine mean little on another."""
