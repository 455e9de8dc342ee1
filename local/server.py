"""The one local address: the page and its clips, and the API, passed on to the emulated gateway as it came."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.deployment import Deployment
from local.seed import page_settings
from local.template import ROOT
from local.tokens import make_token

PAGE = ROOT / "frontend" / "dist-page"
CLIPS = Path(__file__).parent / "page" / "clips"
API_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]
# What belongs to one connection and not to the message (RFC 9110, 7.6.1); the length is counted anew.
CONNECTION_ONLY = {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class _Anything(Convertor[str]):
    """The rest of a path, whatever it holds: Starlette's own ends at a line break, and then answers in our place."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())


class _Page(StaticFiles):
    """The built page, with the headers that a page on the open net should have too."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:  # noqa: ANN401 - as StaticFiles has it
        response = super().file_response(*arguments, **named)
        response.headers.update(PAGE_HEADERS)
        return response


@dataclass(frozen=True)
class Gateway:
    """The emulated gateway behind us."""

    deployment: Deployment
    client: httpx.AsyncClient

    async def pass_on(self, request: Request) -> Response:
        """Send a request on and its answer back."""
        path = request.scope["raw_path"].decode("ascii")  # as it came: a decoded one is another path
        url = httpx.URL(self.deployment.gateway + path, query=request.url.query.encode())
        headers = [(name, value) for name, value in request.headers.items() if name not in CONNECTION_ONLY | {"host"}]
        try:
            answer = await self.client.request(request.method, url, headers=headers, content=await request.body())
        except httpx.HTTPError as error:
            return JSONResponse({"message": f"the local gateway did not answer: {error!r}"}, HTTPStatus.BAD_GATEWAY)
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name not in CONNECTION_ONLY | {"content-length", "content-encoding", "date", "server"}
        }
        return Response(answer.content, answer.status_code, kept | self._missing_cors(request, answer.headers))

    def _missing_cors(self, request: Request, answered: Mapping[str, str]) -> dict[str, str]:
        """Return the CORS headers that AWS puts on the gateway's own refusals too; the emulated one does not."""
        cors, origin = self.deployment.cors, request.headers.get("origin")
        if origin is None or origin not in cors["allowOrigins"] or "access-control-allow-origin" in answered:
            return {}
        exposed = ",".join(cors["exposeHeaders"])
        return {"access-control-allow-origin": origin, "access-control-expose-headers": exposed, "vary": "Origin"}


def make_app(deployment: Deployment, jwt_secret: str) -> Starlette:
    """Return the application in front of a deployed stack."""
    client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=256), trust_env=False)
    gateway = Gateway(deployment, client)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def token(request: Request) -> Response:
        subject = request.query_params.get("sub", "")
        return JSONResponse({"token": make_token(jwt_secret, subject)}, headers={"Cache-Control": "no-store"})

    async def settings(_request: Request) -> Response:
        return JSONResponse(page_settings(), headers={"Cache-Control": "no-store"})

    async def api(request: Request) -> Response:
        return await gateway.pass_on(request)

    return Starlette(
        routes=[
            Route("/local/token", token),
            Route("/local/settings", settings),
            Route("/v1/{rest:anything}", api, methods=API_METHODS),
            Route("/api/{rest:anything}", api, methods=API_METHODS),
            Mount("/page/clips", StaticFiles(directory=CLIPS)),
            Mount("/", _Page(directory=PAGE, html=True)),
        ],
        lifespan=lifespan,
    )
