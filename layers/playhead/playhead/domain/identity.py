"""Identity: who a verified token says is calling; never taken from anything else in a request."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Identity:
    """A learner, instructor or admin. `expires_at` is in seconds since the epoch, None for a token without expiry.

    `token_version` is the old application's: it calls tokens back by a higher one. None for a token without.
    """

    user_id: str
    role: str
    scope: str
    expires_at: int | None
    token_version: int | None = None


class Refusal(StrEnum):
    """Why a token names nobody."""

    MISSING = "token_missing"
    MALFORMED = "token_malformed"
    EXPIRED = "token_expired"
    NOT_YET_VALID = "token_not_yet_valid"
    WRONG_AUDIENCE = "token_wrong_audience"
    WRONG_ISSUER = "token_wrong_issuer"
    UNTRUSTED = "token_untrusted"
    NO_LEARNER = "token_without_learner"
    INACTIVE = "account_inactive"
    CALLED_BACK = "token_called_back"
