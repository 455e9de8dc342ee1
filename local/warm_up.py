"""One harmless request to each route, so that no first report waits for imports, and a missing route is found here."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import httpx

from local.deployment import Deployment
from local.tokens import make_token

NOBODY = "playhead-warm-up"
PROBLEM = "application/problem+json"  # a function's own answer: that we ask for nonsense, or may not
FATAL = {HTTPStatus.UNAUTHORIZED, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}


def warm_up(deployment: Deployment, jwt_secret: str) -> None:
    """Call every route with a token and an empty body; raise where the gateway or a function is not there."""
    headers = {"authorization": f"Bearer {make_token(jwt_secret, NOBODY)}", "content-type": "application/json"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client, ThreadPoolExecutor(2) as pool:
        for _ in pool.map(lambda route: _call(client, deployment.gateway, *route), deployment.routes):
            pass


def _call(client: httpx.Client, gateway: str, method: str, path: str) -> None:
    address = gateway + path.replace("{", "").replace("}", "")
    answer = client.request(method, address, json=None if method in {"GET", "DELETE"} else {})
    if answer.is_error and not _refused_by_function(answer):
        message = f"{method} {path} answered {answer.status_code}: {answer.text[:2000]}"
        raise RuntimeError(message)


def _refused_by_function(answer: httpx.Response) -> bool:
    """Tell whether a function answered as it should: an old endpoint that it knows no such user, if not before."""
    if answer.headers.get("content-type") == PROBLEM:
        return answer.status_code not in FATAL
    return answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and '"success":false' in answer.text
