"""Check health: GET /v1/health, for load balancers and people on call; open to anybody, it tells no secrets."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types

from playhead.api.health import HealthBody, health_body
from playhead.api.problems import documented
from playhead.api.resolver import make_resolver, serve
from playhead.bootstrap import check_health

app = make_resolver()


@app.get(
    "/v1/health",
    summary="Check health",
    description="503 where something that the service stands on does not answer.",
    operation_id="checkHealth",
    tags=["service"],
    responses=documented(HealthBody)
    | {503: {"description": "Service Unavailable", "content": {"application/json": {"model": HealthBody}}}},
)
def get() -> Response[str]:
    """Probe and answer."""
    health = health_body(check_health()())
    status = HTTPStatus.OK if health.status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(status, content_types.APPLICATION_JSON, health.model_dump_json())


handler = serve(app, public=True)
