"""Errors: refusals that end a request, each with a stable code.

PlayheadError
├── Unauthorized      no learner: the token is missing, expired or not ours
├── Forbidden         a learner, but not of this course
├── InvalidRequest    the request's form is wrong; says which field and why
├── RequestTooLarge   more than a request may hold
├── UnsupportedMediaType  a body that is not JSON
├── NotFound          nothing by that name
├── AttemptOver       the session belongs to an attempt that a reset has ended
├── Erased            the session began before its learner had everything erased
├── TooFragmented     so many separate ranges are stored of the video that no player made them
├── NothingToUndo     no reset, or it is too long ago
└── StoreUnavailable  nothing was saved and nothing is wrong with the request: try again
    └── BreakerOpen   the same, and the store was not even asked
"""

from dataclasses import dataclass


class PlayheadError(Exception):
    """A refusal. `code` is stable and for programs, the message is for people."""

    code = "internal_error"


class Unauthorized(PlayheadError):
    """There is no learner in this request."""

    def __init__(self, code: str) -> None:
        """Take the authorizer's refusal code, such as token_expired."""
        super().__init__("A valid bearer token is needed.")
        self.code = code


class Forbidden(PlayheadError):
    """The learner may not do this."""

    code = "not_entitled"


@dataclass(frozen=True, slots=True)
class FieldError:
    """Which field is wrong and why."""

    field: str
    reason: str


class InvalidRequest(PlayheadError):
    """The request is not of the documented form."""

    code = "invalid_request"

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        """Take at least one error."""
        super().__init__(f"{errors[0].field}: {errors[0].reason}")
        self.errors = errors


class RequestTooLarge(PlayheadError):
    """The body holds more than a request may."""

    code = "request_too_large"


class UnsupportedMediaType(PlayheadError):
    """The body is of a kind that is not understood."""

    code = "unsupported_media_type"


class NotFound(PlayheadError):
    """There is nothing by that name."""

    code = "not_found"


class AttemptOver(PlayheadError):
    """A reset has ended the attempt that the session belongs to."""

    code = "attempt_over"


class Erased(PlayheadError):
    """The learner had everything erased after the session began."""

    code = "erased"


class TooFragmented(PlayheadError):
    """More separate ranges are stored of the video than any player makes."""

    code = "too_fragmented"


class NothingToUndo(PlayheadError):
    """There was no reset, or it is too long ago."""

    code = "nothing_to_undo"


class StoreUnavailable(PlayheadError):
    """The store cannot be reached in time."""

    code = "store_unavailable"


class BreakerOpen(StoreUnavailable):
    """The store was out of reach a moment ago and was not asked again."""
