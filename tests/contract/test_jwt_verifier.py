"""Bearer tokens against a real key set on loopback and a real secret: who is believed, and who is refused for what."""

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from playhead.adapters.jwt_verifier import JwtVerifier
from playhead.domain.identity import Identity, Refusal
from playhead.settings import AuthorizerSettings

SECRET = "a-shared-secret-of-at-least-32-bytes"
ISSUER, AUDIENCE = "https://issuer.example.com/", "playhead"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
_SUBJECT = serialization.PublicFormat.SubjectPublicKeyInfo
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class KeySet:
    """An issuer's key set: its address, what it was asked, and what it answers, if at all."""

    url: str
    keys: list[dict[str, Any]]
    requests: list[str] = field(default_factory=list)
    answers: bool = True
    body: bytes | None = None
    location: str | None = None
    goes_on: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> tuple[int, bytes]:
        """Return the status and the body."""
        self.goes_on.wait(5)
        status = 302 if self.location else 200 if self.answers else 500
        return status, json.dumps({"keys": self.keys}).encode() if self.body is None else self.body


@pytest.fixture
def key_set() -> Iterator[KeySet]:
    keys = [
        _published("rsa", RSA_KEY),
        {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "ec", "use": "sig"},
    ]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.requests.append(self.path)
            status, body = known.answer()
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                if known.location:
                    self.send_header("Location", known.location)
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known = KeySet(f"http://127.0.0.1:{server.server_port}/keys.json", keys)
        known.goes_on.set()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield known
        known.goes_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def shared(aws_environment: object, put_secret: Callable[[str], str]) -> JwtVerifier:  # noqa: ARG001 - sets the environment
    return JwtVerifier(AuthorizerSettings(jwt_secret_arn=put_secret(SECRET), jwt_issuer=ISSUER, jwt_audience=AUDIENCE))


@pytest.fixture
def issued(key_set: KeySet) -> JwtVerifier:
    return JwtVerifier(AuthorizerSettings(jwks_url=key_set.url, jwt_issuer=ISSUER, jwt_audience=AUDIENCE))


@pytest.fixture
def both(aws_environment: object, put_secret: Callable[[str], str], key_set: KeySet) -> JwtVerifier:  # noqa: ARG001 - as above
    return JwtVerifier(
        AuthorizerSettings(
            jwt_secret_arn=put_secret(SECRET), jwks_url=key_set.url, jwt_issuer=ISSUER, jwt_audience=AUDIENCE
        )
    )


def _claims(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any claim
    now = int(time.time())
    claims = {"sub": "learner-1", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600}
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def _hs256(claims: Any, secret: str = SECRET) -> str:  # noqa: ANN401 - any JSON value
    """Sign by hand, so that even what PyJWT would refuse to sign can be."""
    return _signed({"alg": "HS256", "typ": "JWT"}, claims, secret.encode())


def _signed(header: object, claims: object, secret: bytes) -> str:
    return _signed_text(json.dumps(header), json.dumps(claims), secret)


def _signed_text(header: str, claims: str, secret: bytes) -> str:
    body = ".".join(_part(one.encode()) for one in (header, claims))
    return body + "." + _part(hmac.new(secret, body.encode(), hashlib.sha256).digest())


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _published(kid: str, key: rsa.RSAPrivateKey) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


def _rs256(kid: str = "rsa", key: rsa.RSAPrivateKey = RSA_KEY, **changes: Any) -> str:  # noqa: ANN401 - any claim
    return jwt.encode(_claims(**changes), key, algorithm="RS256", headers={"kid": kid})


def _es256(kid: str = "ec", **changes: Any) -> str:  # noqa: ANN401 - any claim
    return jwt.encode(_claims(**changes), EC_KEY, algorithm="ES256", headers={"kid": kid})


def _verify(verifier: JwtVerifier, token: str) -> Identity | Refusal:
    return verifier.verify(f"Bearer {token}")


def _user(found: Identity | Refusal) -> str:
    assert isinstance(found, Identity), found
    return found.user_id


# --- who is believed


def test_a_token_of_the_shared_secret(shared: JwtVerifier) -> None:
    claims = _claims(role="instructor", scope="a b", groups=["c", "d"])
    assert _verify(shared, _hs256(claims)) == Identity("learner-1", "instructor", "a b c d", claims["exp"])


def test_tokens_of_the_issuer(issued: JwtVerifier, key_set: KeySet) -> None:
    assert _user(_verify(issued, _rs256())) == "learner-1"
    assert _user(_verify(issued, _es256(sub="learner-2"))) == "learner-2"
    assert _user(_verify(issued, _rs256(aud=["another", AUDIENCE]))) == "learner-1"
    assert len(key_set.requests) == 1, "the key set is remembered"


def test_an_old_token_has_a_userid_and_no_expiry(shared: JwtVerifier) -> None:
    old = {"userId": "65f000000000000000000001", "email": "a@example.com", "role": "student", "tokenVersion": 0}
    assert _verify(shared, _hs256(old)) == Identity("65f000000000000000000001", "student", "", None, 0)


@pytest.mark.parametrize("version", [-1, True, "0", 1.0, None, 2**53, [0]])
def test_a_token_version_that_is_none_is_of_no_account(shared: JwtVerifier, version: object) -> None:
    found = _verify(shared, _hs256(_claims(tokenVersion=version)))
    assert isinstance(found, Identity)
    assert found.token_version == -1


def test_sub_comes_before_userid(shared: JwtVerifier) -> None:
    assert _user(_verify(shared, _hs256(_claims(userId="learner-2")))) == "learner-1"


def test_the_scheme_is_spelt_in_any_case(shared: JwtVerifier) -> None:
    token = _hs256(_claims())
    assert _user(shared.verify(f"bearer {token}")) == _user(shared.verify(f"BEARER  {token} ")) == "learner-1"


def test_clocks_may_differ_by_seconds(shared: JwtVerifier) -> None:
    now = int(time.time())
    assert _user(_verify(shared, _hs256(_claims(exp=now - 2, nbf=now + 2, iat=now + 2)))) == "learner-1"


# --- who is refused for what


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic bGVhcm5lcjox", "token", "Bearer\t", "bearerx y"])
def test_no_token_at_all(shared: JwtVerifier, header: str) -> None:
    assert shared.verify(header) in {Refusal.MISSING, Refusal.MALFORMED}


def test_a_token_without_its_scheme(shared: JwtVerifier) -> None:
    assert shared.verify(_hs256(_claims())) is Refusal.MISSING


@pytest.mark.parametrize("age", [60, 10_000_000])
def test_an_expired_token(both: JwtVerifier, age: int) -> None:
    expired = int(time.time()) - age
    assert _verify(both, _hs256(_claims(exp=expired))) is Refusal.EXPIRED
    assert _verify(both, _rs256(exp=expired)) is Refusal.EXPIRED


def test_a_token_of_tomorrow(both: JwtVerifier) -> None:
    assert _verify(both, _hs256(_claims(nbf=int(time.time()) + 3600))) is Refusal.NOT_YET_VALID
    assert _verify(both, _rs256(nbf=int(time.time()) + 3600)) is Refusal.NOT_YET_VALID


def test_another_issuer_or_audience(both: JwtVerifier) -> None:
    for token in (_hs256(_claims(iss="https://evil.example.com/")), _rs256(iss="https://evil.example.com/")):
        assert _verify(both, token) is Refusal.WRONG_ISSUER
    for token in (_hs256(_claims(aud="another")), _hs256(_claims(aud=[])), _rs256(aud="another"), _rs256(aud=["x"])):
        assert _verify(both, token) is Refusal.WRONG_AUDIENCE


@pytest.mark.parametrize("claim", ["exp", "iss", "aud"])
def test_the_issuers_tokens_must_say_it_all(issued: JwtVerifier, claim: str) -> None:
    found = _verify(issued, jwt.encode(_claims(**{claim: ...}), RSA_KEY, algorithm="RS256", headers={"kid": "rsa"}))
    assert found in {Refusal.UNTRUSTED, Refusal.WRONG_ISSUER, Refusal.WRONG_AUDIENCE}


def test_another_secret_or_key(both: JwtVerifier) -> None:
    assert _verify(both, _hs256(_claims(), "another-secret-of-at-least-32-bytes!")) is Refusal.UNTRUSTED
    assert _verify(both, _hs256(_claims(), "")) is Refusal.UNTRUSTED
    assert _verify(both, _rs256(key=STRANGER)) is Refusal.UNTRUSTED


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", None, [], {}, 1, ["HS256"]])
def test_algorithm_none(both: JwtVerifier, name: object) -> None:
    body = ".".join(_part(json.dumps(one).encode()) for one in ({"alg": name, "typ": "JWT", "kid": "rsa"}, _claims()))
    for signature in ("", _part(b"x")):
        assert isinstance(_verify(both, f"{body}.{signature}"), Refusal)


def test_the_public_key_is_no_secret(both: JwtVerifier, issued: JwtVerifier) -> None:
    """Algorithm confusion: an HS256 token signed with what anybody can read."""
    public = RSA_KEY.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, pem.strip(), der, json.dumps(RSAAlgorithm.to_jwk(public, as_dict=True)).encode()):
        token = _signed({"alg": "HS256", "kid": "rsa"}, _claims(), secret)
        assert _verify(both, token) is Refusal.UNTRUSTED
        assert _verify(issued, token) is Refusal.UNTRUSTED


def test_a_key_is_used_for_its_own_algorithm(both: JwtVerifier) -> None:
    assert isinstance(_verify(both, _es256(kid="rsa")), Refusal)
    assert isinstance(_verify(both, _rs256(kid="ec")), Refusal)
    for algorithm in ("HS384", "HS512", "RS384", "RS512", "PS256", "ES384", "EdDSA"):
        assert _verify(both, _signed({"alg": algorithm, "kid": "rsa"}, _claims(), b"x")) is Refusal.UNTRUSTED


def test_a_kind_of_token_that_is_not_set_up(shared: JwtVerifier, issued: JwtVerifier) -> None:
    assert _verify(shared, _rs256()) is Refusal.UNTRUSTED
    assert _verify(issued, _hs256(_claims())) is Refusal.UNTRUSTED
    nobody = JwtVerifier(AuthorizerSettings())
    assert _verify(nobody, _hs256(_claims(), "")) is Refusal.UNTRUSTED
    assert _verify(nobody, _rs256()) is Refusal.UNTRUSTED


def test_unknown_keys_do_not_make_the_issuer_busy(issued: JwtVerifier, key_set: KeySet) -> None:
    for number in range(20):
        assert _verify(issued, _rs256(kid=f"unknown-{number}")) is Refusal.UNTRUSTED
    assert len(key_set.requests) <= 2
    assert _user(_verify(issued, _rs256())) == "learner-1"


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "RSA",
        "rsa ",
        "rsa\u0000",
        "../../dev/null",
        "/dev/null",
        "file:///dev/null",
        "http://127.0.0.1:1/keys.json",
        "rsa' OR '1'='1",
        "rsa'; DROP TABLE keys; --",
        "' UNION SELECT 'x' --",
        "$(id)",
        "${jndi:ldap://127.0.0.1:1/a}",
        "%72%73%61",
        "rsa\n",
        "x" * 4000,
        7,
        None,
        ["rsa"],
        {"$ne": ""},
    ],
    ids=lambda kid: str(kid)[:20],
)
def test_a_key_id_is_only_ever_compared(both: JwtVerifier, key_set: KeySet, kid: object) -> None:
    """It opens no file, asks no address and chooses no key but the one that it names."""
    for secret in (b"", b"x", SECRET.encode()):
        assert isinstance(_verify(both, _signed({"alg": "RS256", "kid": kid}, _claims(), secret)), Refusal)
    header = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "typ": "JWT", "kid": kid}).encode()).rstrip(b"=")
    body = header + b"." + _part(json.dumps(_claims()).encode()).encode()
    signature = RSA_KEY.sign(body, padding.PKCS1v15(), hashes.SHA256())
    assert isinstance(_verify(both, f"{body.decode()}.{_part(signature)}"), Refusal), "ours, but not by its name"
    assert set(key_set.requests) <= {"/keys.json"}
    assert len(key_set.requests) <= 1


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "cty", "zip", "url"])
def test_no_other_header_is_believed(both: JwtVerifier, key_set: KeySet, name: str) -> None:
    own = {
        "jwk": RSAAlgorithm.to_jwk(STRANGER.public_key(), as_dict=True),
        "x5c": [_part(STRANGER.public_key().public_bytes(serialization.Encoding.DER, _SUBJECT))],
    }.get(name, f"{key_set.url}?{name}")
    stranger = jwt.encode(_claims(), STRANGER, algorithm="RS256", headers={name: own, "kid": "rsa"})
    ours = jwt.encode(_claims(), RSA_KEY, algorithm="RS256", headers={name: own, "kid": "rsa"})
    assert _verify(both, stranger) is Refusal.UNTRUSTED
    assert _user(_verify(both, ours)) == "learner-1"
    assert key_set.requests == ["/keys.json"]


@pytest.mark.parametrize("crit", [["exp"], ["x"], ["b64", "x"], [], "exp", None, {}, [7]])
def test_what_is_critical_and_not_known_is_refused(shared: JwtVerifier, crit: object) -> None:
    """Although the secret is ours (RFC 7515, 4.1.11)."""
    header = {"alg": "HS256", "crit": crit, "x": 1, "exp": 1}
    assert isinstance(_verify(shared, _signed(header, _claims(), SECRET.encode())), Refusal)


def test_a_body_that_is_not_encoded_is_refused(shared: JwtVerifier) -> None:
    for header in ({"alg": "HS256", "b64": False}, {"alg": "HS256", "b64": False, "crit": ["b64"]}):
        assert isinstance(_verify(shared, _signed(header, _claims(), SECRET.encode())), Refusal)


def test_a_name_twice_cannot_make_one_reader_believe_another_half(both: JwtVerifier) -> None:
    """One parser reads header and claims, once: the last counts (RFC 7519, 4), for the check as for the use."""
    claims = json.dumps(_claims()).replace('"sub": "learner-1"', '"sub": "learner-2", "sub": "learner-1"')
    assert _user(_verify(both, _signed_text('{"alg": "none", "alg": "HS256"}', claims, SECRET.encode()))) == "learner-1"
    for header in ('{"alg": "HS256", "alg": "none"}', '{"alg": "HS256", "alg": "RS256", "kid": "rsa"}'):
        assert isinstance(_verify(both, _signed_text(header, claims, SECRET.encode())), Refusal)
    expired = claims.replace('"exp":', '"exp": 9999999999, "exp": 1, "was":')
    assert _verify(both, _signed_text('{"alg": "HS256"}', expired, SECRET.encode())) is Refusal.EXPIRED


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("change", ["=", "==", "%", "\n", " ", "+/", "\u00e9", "AAAA"])
def test_base64_that_is_none_or_another(shared: JwtVerifier, place: int, change: str) -> None:
    claims = _claims()
    parts = _hs256(claims).split(".")
    parts[place] += change
    found = _verify(shared, ".".join(parts))
    same = place == 2 and change in {"=", "\n", " "}  # the same signature, with its padding or space after it
    assert found == _verify(shared, _hs256(claims)) if same else isinstance(found, Refusal)


@pytest.mark.parametrize("length", [8193, 100_000, 10_000_000])
def test_a_huge_token_is_not_even_parsed(shared: JwtVerifier, length: int) -> None:
    """Although the secret is ours; API Gateway takes 10 KB of headers at the most."""
    token = _hs256(_claims(padding="x" * length))
    assert _verify(shared, token) is Refusal.MALFORMED
    assert _user(_verify(shared, _hs256(_claims(padding="x" * 4096)))) == "learner-1"


# --- keys come and go


class _Clock:
    """The time that the client of key sets sees."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    for module in (jwt.jwks_client, jwt.jwk_set_cache, jwt.api_jwk):
        monkeypatch.setattr(module, "time", clock)
    return clock


def test_a_new_key_is_believed_and_an_old_one_no_longer(issued: JwtVerifier, key_set: KeySet, clock: _Clock) -> None:
    assert _user(_verify(issued, _rs256())) == "learner-1"
    new = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key_set.keys.append(_published("new", new))
    clock.seconds += 31
    assert _user(_verify(issued, _rs256("new", new))) == "learner-1"
    assert len(key_set.requests) == 2
    del key_set.keys[0]
    clock.seconds += 301
    assert _verify(issued, _rs256()) is Refusal.UNTRUSTED
    assert _user(_verify(issued, _rs256("new", new))) == "learner-1"


def test_a_key_exchanged_under_its_name(issued: JwtVerifier, key_set: KeySet, clock: _Clock) -> None:
    assert _user(_verify(issued, _rs256())) == "learner-1"
    key_set.keys[0] = _published("rsa", STRANGER)
    clock.seconds += 301
    assert _verify(issued, _rs256()) is Refusal.UNTRUSTED
    assert _user(_verify(issued, _rs256(key=STRANGER))) == "learner-1"


def test_a_key_that_is_not_for_signing_signs_nothing(issued: JwtVerifier, key_set: KeySet) -> None:
    key_set.keys[0]["use"] = "enc"
    assert _verify(issued, _rs256()) is Refusal.UNTRUSTED


def test_a_secret_in_the_key_set_is_no_secret_of_ours(issued: JwtVerifier, key_set: KeySet) -> None:
    key_set.keys.append({"kty": "oct", "k": _part(SECRET.encode()), "kid": "oct", "alg": "HS256"})
    for algorithm in ("HS256", "RS256"):
        token = _signed({"alg": algorithm, "kid": "oct"}, _claims(), SECRET.encode())
        assert _verify(issued, token) is Refusal.UNTRUSTED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'{"keys": null}',
        b'{"keys": []}',
        b'{"keys": [7]}',
        b'{"keys": [{}]}',
    ],
)
def test_an_issuer_that_answers_garbage_is_no_refusal(issued: JwtVerifier, key_set: KeySet, body: bytes) -> None:
    key_set.body = body
    with pytest.raises(jwt.PyJWKClientConnectionError):
        _verify(issued, _rs256())
    key_set.body = None
    assert _user(_verify(issued, _rs256())) == "learner-1"


@pytest.mark.usefixtures("aws_environment")
def test_an_issuer_that_never_answers_costs_its_time_out(
    key_set: KeySet, monkeypatch: pytest.MonkeyPatch, put_secret: Callable[[str], str]
) -> None:
    """And tokens of the shared secret nothing."""
    monkeypatch.setattr("playhead.adapters.jwt_verifier._KEY_SET_TIMEOUT_SECONDS", 0.2)
    settings = AuthorizerSettings(jwt_secret_arn=put_secret(SECRET), jwks_url=key_set.url)
    verifier = JwtVerifier(settings)
    key_set.goes_on.clear()
    with pytest.raises(jwt.PyJWKClientConnectionError):
        _verify(verifier, _rs256())
    assert _user(_verify(verifier, _hs256(_claims(iss=..., aud=...)))) == "learner-1"


def test_an_issuer_leads_nobody_elsewhere(issued: JwtVerifier, key_set: KeySet) -> None:
    key_set.location = key_set.url.replace("keys", "other")
    with pytest.raises(jwt.PyJWKClientConnectionError):
        _verify(issued, _rs256())
    assert key_set.requests == ["/keys.json"]


def test_an_issuer_out_of_reach_is_no_refusal(issued: JwtVerifier, key_set: KeySet) -> None:
    """A refusal would be remembered by the gateway and send the learner to log in; an error is tried again."""
    key_set.answers = False
    with pytest.raises(jwt.PyJWKClientConnectionError):
        _verify(issued, _rs256())
    key_set.answers = True
    assert _user(_verify(issued, _rs256())) == "learner-1"


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "..",
        "a.b.c",
        "a.b.c.d",
        "\u00e9.\u00e9.\u00e9",
        "\u0000",
        "%%%.%%%.%%%",
        _part(b"\xff\xfe") + ".e30.x",
        _part(b"[]") + ".e30.x",
        _part(b"null") + ".e30.x",
        _part(b'"HS256"') + ".e30.x",
        _part(b'{"alg": NaN}') + ".e30.x",
        _part(b'{"alg": "RS256", "kid": 7}') + ".e30.x",
        _part(b'{"alg": "RS256", "kid": null}') + ".e30.x",
        _part(b'{"alg": "RS256"}') + ".e30.x",
        _part(b'{"alg": "HS256", "crit": ["x"], "x": 1}') + ".e30.x",
        _part(b'{"alg": "HS256", "b64": false, "crit": ["b64"]}') + ".e30.x",
        _part(b'{"alg":' + b"[" * 5000 + b"]" * 5000 + b"}")[:8000] + ".e30.x",
        _part(b'{"alg":' + b"[" * 2900 + b"]" * 2900 + b"}") + ".e30.x",
        _part(b'{"alg":' + b"9" * 5000 + b"}") + ".e30.x",
        _part(b'{"alg":"RS256","kid":"rsa"}') + "." + _part(b"[" * 2000 + b"]" * 2000) + ".x",
        "e30." * 2000,
        "x" * 100_000,
    ],
)
def test_garbage(both: JwtVerifier, token: str) -> None:
    assert isinstance(_verify(both, token), Refusal)


@pytest.mark.parametrize(
    "claims",
    [
        [],
        ["learner-1"],
        None,
        "learner-1",
        7,
        {},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"sub": ["learner-1"]},
        {"sub": {"$gt": ""}},
        {"sub": "x" * 129},
        {"sub": "learner\n1"},
        {"sub": "learner\u0000"},
        {"sub": "\ud800"},
        {"userId": {"$gt": ""}},
        {"userId": True},
        {"sub": "learner-1", "exp": "soon"},
        {"sub": "learner-1", "exp": None},
        {"sub": "learner-1", "exp": [1]},
        {"sub": "learner-1", "exp": float("inf")},
        {"sub": "learner-1", "exp": float("nan")},
        {"sub": "learner-1", "iat": "soon"},
        {"sub": "learner-1", "nbf": {}},
        {"sub": "learner-1", "iss": [ISSUER]},
        {"sub": "learner-1", "iss": {}},
        {"sub": "learner-1", "aud": {"a": AUDIENCE}},
        {"sub": "learner-1", "aud": [[AUDIENCE]]},
        {"sub": "learner-1", "aud": None},
        {"sub": "learner-1", "iss": None},
    ],
)
def test_claims_that_name_nobody(shared: JwtVerifier, claims: object) -> None:
    assert isinstance(_verify(shared, _hs256(claims)), Refusal)


@pytest.mark.parametrize("expiry", [1e400, -1e400, 10**300, -(10**300)])
def test_an_expiry_beyond_all_clocks_harms_nobody(shared: JwtVerifier, expiry: float) -> None:
    found = _verify(shared, _hs256(_claims(exp=expiry)))
    assert isinstance(found, Refusal) or expiry > 0
