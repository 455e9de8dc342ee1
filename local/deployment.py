"""Deploys the real template.yaml to the local AWS: code to its S3, secrets to its Secrets Manager, then one stack."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.artifacts import build_function, build_layer, host_architecture
from local.ministack import REGION, LocalAws
from local.ministack.gaps import StackGaps
from local.sam import to_cloudformation, typed
from local.template import Template, read_template, resources_of_type

BUCKET = "playhead-artifacts"
STACK = "playhead"
API = "Api"
FUNCTION = "AWS::Serverless::Function"
LAYER = "AWS::Serverless::LayerVersion"


@dataclass(frozen=True)
class Deployment:
    """A deployed stack: where its gateway answers, its routes as (method, path), and its CORS configuration."""

    gateway: str
    routes: tuple[tuple[str, str], ...]
    cors: Mapping[str, Any]


def build() -> dict[str, Path]:
    """Return the zip of each function and layer of the template, by logical id."""
    template = read_template()
    functions = resources_of_type(template, FUNCTION)
    layers = resources_of_type(template, LAYER)
    return {
        **{name: build_layer(name, resource) for name, resource in layers.items()},
        **{name: build_function(resource["Properties"]) for name, resource in functions.items()},
    }


def deploy(aws: LocalAws, zips: Mapping[str, Path], parameters: Mapping[str, str]) -> Deployment:
    """Create the stack and give it back once every route of the template is there."""
    given = {"Architecture": host_architecture(), **parameters}
    source = _upload(aws, zips)
    template = to_cloudformation(source, given, REGION)
    formation = aws.client("cloudformation")
    formation.create_stack(
        StackName=STACK,
        TemplateURL=_put_template(aws, template),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    _wait_for_stack(formation)
    StackGaps(aws, STACK, template, typed(source, given)).fill()
    api = formation.describe_stack_resource(StackName=STACK, LogicalResourceId=API)["StackResourceDetail"]
    return Deployment(aws.gateway_url(api["PhysicalResourceId"]), _routes(template), _cors(template))


def _wait_for_stack(formation: Any) -> None:  # noqa: ANN401 (a boto3 client)
    """Wait until the stack is complete; raise with the reason when it fails."""
    deadline = time.monotonic() + 60  # boto3's own waiter looks once a second at most
    while (status := formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) == "CREATE_IN_PROGRESS":
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    if status != "CREATE_COMPLETE":
        events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
        reasons = [one.get("ResourceStatusReason", "") for one in events if "FAILED" in one["ResourceStatus"]]
        message = f"the local stack is {status}: {reasons}"
        raise RuntimeError(message)


def put_secret(aws: LocalAws, name: str, value: str) -> str:
    """Store a secret and return its ARN."""
    arn: str = aws.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    return arn


def _upload(aws: LocalAws, zips: Mapping[str, Path]) -> Template:
    """Put each zip in S3 and return the template with these places for its code."""
    storage = aws.client("s3")
    storage.create_bucket(Bucket=BUCKET)
    template = read_template()
    for name, archive in zips.items():
        storage.upload_file(str(archive), BUCKET, archive.name)
        properties = template["Resources"][name]["Properties"]
        properties["ContentUri" if "ContentUri" in properties else "CodeUri"] = f"s3://{BUCKET}/{archive.name}"
    return template


def _put_template(aws: LocalAws, template: Template) -> str:
    """Put a template in S3 and return its address: in a call it may have no more than 51,200 bytes."""
    aws.client("s3").put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(template))
    return f"{aws.endpoint}/{BUCKET}/template.json"


def _routes(template: Template) -> tuple[tuple[str, str], ...]:
    paths = template["Resources"][API]["Properties"]["Body"]["paths"]
    return tuple((method.upper(), path) for path, methods in paths.items() for method in methods)


def _cors(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][API]["Properties"]["Body"]["x-amazon-apigateway-cors"]
    return found
