"""Playhead's shared package: the same code on Lambda, in the local stack and in tests."""
