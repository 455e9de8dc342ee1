"""Prints a session id as a player makes it, for trying the API by hand: a ULID, time first."""

import secrets
import sys
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 80


def make_session(now_ms: int) -> str:
    """Return a new ULID that begins at `now_ms`, in ms since the epoch."""
    bits = now_ms << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(125, -1, -5))


if __name__ == "__main__":
    sys.stdout.write(make_session(time.time_ns() // 1_000_000) + "\n")
