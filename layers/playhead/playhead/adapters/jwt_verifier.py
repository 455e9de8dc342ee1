"""Bearer tokens: checked with PyJWT against the keys that the settings name; the token's header only chooses of these.

An HS256 token is checked with the shared secret and nothing else, an RS256 or ES256 token with the issuer's key set and
nothing else, so neither `none` nor a public key used as a secret can pass.
"""

from typing import Any

import jwt

from playhead.adapters.secrets import read_secret
from playhead.domain.identity import Identity, Refusal
from playhead.settings import AuthorizerSettings

_SHARED = "HS256"
_ISSUED = ("RS256", "ES256")
_LEEWAY_SECONDS = 5
_MAX_TOKEN_LENGTH = 8192
_MAX_ID_LENGTH = 128
_KEY_SET_TIMEOUT_SECONDS = 3
_NO_VERSION = -1
_MAX_VERSION = 2**53 - 1

_REFUSALS: tuple[tuple[type[jwt.PyJWTError], Refusal], ...] = (
    (jwt.ExpiredSignatureError, Refusal.EXPIRED),
    (jwt.ImmatureSignatureError, Refusal.NOT_YET_VALID),
    (jwt.InvalidAudienceError, Refusal.WRONG_AUDIENCE),
    (jwt.InvalidIssuerError, Refusal.WRONG_ISSUER),
    (jwt.MissingRequiredClaimError, Refusal.UNTRUSTED),
    (jwt.InvalidSignatureError, Refusal.UNTRUSTED),
    (jwt.PyJWKClientError, Refusal.UNTRUSTED),
    (jwt.InvalidAlgorithmError, Refusal.UNTRUSTED),
    (jwt.PyJWTError, Refusal.MALFORMED),
)


class JwtVerifier:
    """Tells who a token names, or why nobody."""

    def __init__(self, settings: AuthorizerSettings) -> None:
        """Take the settings; keys are fetched when first needed."""
        self._settings = settings
        self._key_set = (
            jwt.PyJWKClient(settings.jwks_url, timeout=_KEY_SET_TIMEOUT_SECONDS) if settings.jwks_url else None
        )

    def verify(self, authorization: str) -> Identity | Refusal:
        """Return who the value of an Authorization header names, or the refusal.

        Raises jwt.PyJWKClientConnectionError where the key set cannot be had: that says nothing about the token.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return Refusal.MISSING
        if len(token) > _MAX_TOKEN_LENGTH:
            return Refusal.MALFORMED
        try:
            return _identity(self._claims(token.strip()))
        except jwt.PyJWKClientConnectionError:  # a refusal would be remembered by the gateway and log learners out
            raise
        except jwt.PyJWTError as error:
            return next(refusal for kind, refusal in _REFUSALS if isinstance(error, kind))

    def _claims(self, token: str) -> dict[str, Any]:
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm == _SHARED and self._settings.jwt_secret_arn:
            return self._shared_claims(token)
        if algorithm in _ISSUED and self._key_set:
            _check_answers(self._key_set)
            key = self._key_set.get_signing_key_from_jwt(token)
            return self._decode(token, key, algorithm, ["exp"])  # a PyJWK is bound to its own algorithm
        raise jwt.InvalidAlgorithmError

    def _shared_claims(self, token: str) -> dict[str, Any]:
        """Check a token of the old kind: who holds the secret may leave issuer and audience out, not name others."""
        claims = self._decode(token, read_secret(self._settings.jwt_secret_arn), _SHARED, [], check_origin=False)
        if claims.get("iss", self._settings.jwt_issuer) != self._settings.jwt_issuer:
            raise jwt.InvalidIssuerError
        audience = claims.get("aud", self._settings.jwt_audience)
        if self._settings.jwt_audience not in (audience if isinstance(audience, list) else [audience]):
            raise jwt.InvalidAudienceError
        return claims

    def _decode(
        self,
        token: str,
        key: Any,  # noqa: ANN401 - PyJWT's many kinds of key
        algorithm: str,
        required: list[str],
        *,
        check_origin: bool = True,
    ) -> dict[str, Any]:
        settings = self._settings
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=settings.jwt_audience or None if check_origin else None,
            issuer=settings.jwt_issuer or None if check_origin else None,
            leeway=_LEEWAY_SECONDS,
            options={"require": required, "verify_aud": check_origin, "verify_iss": check_origin},
        )


def _check_answers(key_set: jwt.PyJWKClient) -> None:
    """Let a key set that has keys pass; what the issuer answers instead of one says nothing about the token either."""
    try:
        key_set.get_signing_keys()  # remembered by the client
    except (jwt.PyJWTError, ValueError) as error:
        raise jwt.PyJWKClientConnectionError from error


def _identity(claims: dict[str, Any]) -> Identity | Refusal:
    user_id = claims.get("sub", claims.get("userId"))
    if not isinstance(user_id, str) or not 0 < len(user_id) <= _MAX_ID_LENGTH or not user_id.isprintable():
        return Refusal.NO_LEARNER
    return Identity(
        user_id=user_id,
        role=_text(claims.get("role")),
        scope=" ".join(filter(None, (_text(claims.get(name)) for name in ("scope", "groups", "cognito:groups")))),
        expires_at=int(claims["exp"]) if "exp" in claims else None,
        token_version=_version(claims["tokenVersion"]) if "tokenVersion" in claims else None,
    )


def _version(claim: object) -> int:
    """Return the old application's version of a token; what is no version is one that no account has."""
    if isinstance(claim, bool) or not isinstance(claim, int):
        return _NO_VERSION
    return claim if 0 <= claim <= _MAX_VERSION else _NO_VERSION


def _text(claim: object) -> str:
    """Return a claim that is a text or a list of texts as one text, its parts between spaces."""
    return " ".join(map(str, claim)) if isinstance(claim, list) else str(claim or "")
