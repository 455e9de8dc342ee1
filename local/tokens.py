"""Makes bearer tokens for the local stack, of the kind that the old system's clients hold; `make token` prints one."""

import argparse
import sys
import time

import jwt

from local.settings import AUDIENCE, ISSUER, Settings

HOURS = 12


def make_token(secret: str, subject: str, role: str | None = None) -> str:
    """Return an HS256 token for `subject` that is valid for 12 hours."""
    now = int(time.time())
    claims: dict[str, str | int] = {
        "sub": subject,
        "iat": now,
        "exp": now + HOURS * 3600,
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    if role:
        claims["role"] = role
    return jwt.encode(claims, secret, algorithm="HS256")


def main() -> int:
    """Print a token."""
    parser = argparse.ArgumentParser(prog="python -m local.tokens", description=__doc__)
    parser.add_argument("subject", help="the learner, such as learner-1")
    parser.add_argument("role", nargs="?", help="instructor or admin")
    asked = parser.parse_args()
    sys.stdout.write(make_token(Settings.from_environment().jwt_secret, asked.subject, asked.role) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
