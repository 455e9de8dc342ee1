"""Use cases: one file each, named as the function that calls it."""
