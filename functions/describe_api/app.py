"""Describe the API: GET /v1/openapi.json gives the document that `make openapi` wrote from the functions' routes."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types

from playhead.api.openapi import OpenApiBody, document
from playhead.api.problems import documented
from playhead.api.resolver import make_resolver, serve

app = make_resolver()


@app.get(
    "/v1/openapi.json",
    summary="This document",
    operation_id="describeApi",
    tags=["service"],
    responses=documented(OpenApiBody),
)
def get() -> Response[str]:
    """Answer with the document, to be kept by caches for an hour."""
    return Response(
        HTTPStatus.OK, content_types.APPLICATION_JSON, document(), headers={"Cache-Control": "public, max-age=3600"}
    )


handler = serve(app, public=True)
