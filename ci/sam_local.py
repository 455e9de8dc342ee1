"""Invokes a built function in a container, on a running local stack: `python -m ci.sam_local ReportProgress`.

The stack must let containers in (STACK_BIND=0.0.0.0 make run), and `make build` must have been. What SAM cannot know of
it (where its AWS listens, what its table is called) goes into a copy of the built template, as literal variables.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from local.artifacts import host_architecture
from local.deployment import STACK, put_secret
from local.ministack import ADMIN, REGION, LocalAws
from local.settings import Settings
from local.template import ROOT

BUILT = ROOT / ".aws-sam/build/template.yaml"
HOST = "host.docker.internal"  # the machine, as its containers call it
LOOPBACK = re.compile(r"127\.0\.0\.1|localhost")
CREDENTIALS = re.compile(r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|ENDPOINT_URL)")


class SamLocal:
    """The functions of one running local stack, each invoked in a container of its own."""

    def __init__(self, port: int) -> None:
        """Find the stack on that port and write its template. Raises FileNotFoundError where either is missing."""
        note = json.loads((ROOT / ".playhead" / str(port) / "stack.json").read_text())
        self._aws = LocalAws(note["aws"])
        self._template = BUILT.with_name(f"local-{port}.yaml")  # beside it, where its relative paths hold
        self._template.write_text(yaml.safe_dump(self._resolved(yaml.safe_load(BUILT.read_text()))))

    def invoke(self, function: str, event: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a function, by its logical id, on an event; its answer is the output, its log goes to stderr."""
        role = re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()
        # With credentials of no account in its environment, every `sam` call waits some seconds for AWS to know them.
        environment = {name: value for name, value in os.environ.items() if not CREDENTIALS.fullmatch(name)}
        return subprocess.run(
            [
                *(str(ROOT / ".tools/sam/bin/sam"), "local", "invoke", function, "--template", str(self._template)),
                *("--event", str(event or ROOT / "events" / f"{role}.json"), "--region", REGION),
                *("--add-host", f"{HOST}:host-gateway"),
            ],
            cwd=ROOT,
            env={**environment, "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0"},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _resolved(self, template: dict[str, Any]) -> dict[str, Any]:
        """Give each function the variables that it has in the stack, with the addresses that a container can reach."""
        for name, resource in template["Resources"].items():
            if resource["Type"] == "AWS::Serverless::Function":
                resource["Properties"]["Environment"] = {"Variables": self._variables(name)}
        template["Parameters"]["Architecture"]["Default"] = host_architecture()
        return template

    def _variables(self, function: str) -> dict[str, str]:
        described = self._aws.client("cloudformation").describe_stack_resource(
            StackName=STACK, LogicalResourceId=function
        )
        deployed = self._aws.client("lambda").get_function_configuration(
            FunctionName=described["StackResourceDetail"]["PhysicalResourceId"]
        )
        variables = {
            **deployed["Environment"]["Variables"],
            **{name.upper(): value for name, value in ADMIN.items()},
            "AWS_ENDPOINT_URL": f"http://{HOST}:{urlsplit(self._aws.endpoint).port}",
        }
        if secret := variables.get("MONGODB_URI_SECRET_ARN"):
            variables["MONGODB_URI_SECRET_ARN"] = self._reachable(secret)
        return variables

    def _reachable(self, secret: str) -> str:
        """Return the ARN of a secret with the same address as a container must spell it."""
        secrets = self._aws.client("secretsmanager")
        uri = LOOPBACK.sub(HOST, secrets.get_secret_value(SecretId=secret)["SecretString"])
        return put_secret(self._aws, f"playhead/mongodb-uri-{os.urandom(4).hex()}", uri)


def main() -> int:
    """Invoke one function and print its answer."""
    parser = argparse.ArgumentParser(prog="python -m ci.sam_local", description=__doc__)
    parser.add_argument("function", help="logical id in template.yaml, such as ReportProgress")
    parser.add_argument("--event", type=Path, help="default: the function's own in events/")
    asked = parser.parse_args()
    try:
        functions = SamLocal(Settings.from_environment().port)
    except FileNotFoundError as missing:
        sys.stderr.write(
            f"no {missing.filename}: first `make build`, and in another shell `STACK_BIND=0.0.0.0 make run`\n"
        )
        return 2
    done = functions.invoke(asked.function, asked.event)
    sys.stdout.write(done.stdout.rstrip("\n") + "\n")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
