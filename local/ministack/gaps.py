"""What ministack 1.5.33 leaves out of a stack and CloudFormation does: done here from the same template, and asserted.

It ignores the OpenAPI body that SAM makes of an HTTP API (so: no routes, no authorizer, no CORS) and a table's time to
live. Should a later release make the routes itself, nothing is done twice.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.ministack import LocalAws
from local.template import Template, resources_of_type

INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
CORS = "x-amazon-apigateway-cors"
METHODS = {"get", "post", "put", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"}
ARN_OF = re.compile(r"\$\{(\w+)\.Arn\}")


class StackGaps:
    """One created stack, with what its template says and the local AWS did not do."""

    def __init__(self, aws: LocalAws, stack: str, template: Template, parameters: Mapping[str, Any]) -> None:
        self._aws = aws
        self._gateway = aws.client("apigatewayv2")
        self._template = template
        self._parameters = parameters
        resources = aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        self._physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}

    def fill(self) -> None:
        """Make routes, authorizers, integrations, CORS and times to live; raise where a route is still missing."""
        for name, resource in resources_of_type(self._template, "AWS::ApiGatewayV2::Api").items():
            self._fill_api(self._physical[name], resource["Properties"]["Body"])
        for name, resource in resources_of_type(self._template, "AWS::DynamoDB::Table").items():
            self._fill_time_to_live(self._physical[name], resource["Properties"])

    def _fill_api(self, api_id: str, body: dict[str, Any]) -> None:
        wanted = dict(_operations(body))
        if not self._routes(api_id):
            self._gateway.update_api(ApiId=api_id, CorsConfiguration=_capitalised(body[CORS]))
            authorizers = self._create_authorizers(api_id, body)
            for route, operation in wanted.items():
                self._create_route(api_id, route, operation, authorizers)
        if missing := wanted.keys() - self._routes(api_id):
            message = f"the local gateway lacks the routes {sorted(missing)}"
            raise RuntimeError(message)

    def _routes(self, api_id: str) -> set[str]:
        return {route["RouteKey"] for route in self._gateway.get_routes(ApiId=api_id)["Items"]}

    def _create_authorizers(self, api_id: str, body: dict[str, Any]) -> dict[str, str]:
        made = {}
        for name, scheme in body["components"]["securitySchemes"].items():
            wanted = scheme[AUTHORIZER]
            made[name] = self._gateway.create_authorizer(
                ApiId=api_id,
                Name=name,
                AuthorizerType="REQUEST",
                AuthorizerUri=f"arn:aws:apigateway:::lambda:path/functions/{self._function_arn(wanted)}/invocations",
                AuthorizerPayloadFormatVersion=wanted["authorizerPayloadFormatVersion"],
                AuthorizerResultTtlInSeconds=int(self._resolve(wanted["authorizerResultTtlInSeconds"])),
                EnableSimpleResponses=wanted["enableSimpleResponses"],
                IdentitySource=wanted["identitySource"],
            )["AuthorizerId"]
        return made

    def _create_route(self, api_id: str, key: str, operation: dict[str, Any], authorizers: Mapping[str, str]) -> None:
        integration = self._gateway.create_integration(
            ApiId=api_id,
            IntegrationType="AWS_PROXY",
            IntegrationUri=self._function_arn(operation[INTEGRATION]),
            PayloadFormatVersion=operation[INTEGRATION]["payloadFormatVersion"],
        )["IntegrationId"]
        scheme = next((name for one in operation.get("security", []) for name in one), "NONE")
        guard = (
            {"AuthorizationType": "NONE"}
            if scheme == "NONE"
            else {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[scheme]}
        )
        self._gateway.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{integration}", **guard)

    def _fill_time_to_live(self, table: str, properties: dict[str, Any]) -> None:
        wanted = properties.get("TimeToLiveSpecification")
        database = self._aws.client("dynamodb")
        if wanted and "AttributeName" not in database.describe_time_to_live(TableName=table)["TimeToLiveDescription"]:
            database.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)

    def _function_arn(self, described: Mapping[str, Any]) -> str:
        """Return the ARN of the function that an integration or an authorizer names in its uri, however deep."""
        uri = described.get("uri") or described["authorizerUri"]
        named = ARN_OF.search(str(uri)) or re.search(r"'Fn::GetAtt': \['(\w+)', 'Arn'\]", str(uri))
        if named is None:
            message = f"no function in {uri}"
            raise RuntimeError(message)
        arn: str = self._aws.client("lambda").get_function(FunctionName=self._physical[named[1]])["Configuration"][
            "FunctionArn"
        ]
        return arn

    def _resolve(self, value: Any) -> Any:  # noqa: ANN401 (any JSON value)
        return self._parameters[value["Ref"]] if isinstance(value, dict) else value


def _operations(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in body["paths"].items():
        for method in METHODS & methods.keys():
            verb = "ANY" if method.startswith("x-") else method.upper()
            yield f"{verb} {path}", methods[method]


def _capitalised(cors: dict[str, Any]) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: value for name, value in cors.items()}
