"""Adapters: one file for each thing outside that a port speaks to."""
