"""Secrets by their ARN, from whichever service it names, in the time that a function has."""

import socket
from collections.abc import Callable, Iterator
from secrets import token_hex
from time import monotonic

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from local.ministack import LocalAws
from playhead.adapters.secrets import read_secret
from tests.environment import forget_environment

FUNCTION_SECONDS = 20


@pytest.fixture(autouse=True)
def _new_environment() -> Iterator[None]:
    forget_environment()
    yield
    forget_environment()


def test_a_secret_of_secrets_manager(aws_environment: LocalAws, put_secret: Callable[[str], str]) -> None:
    assert aws_environment
    assert read_secret(put_secret("mongodb://somewhere/")) == "mongodb://somewhere/"


def test_a_secure_string_of_the_parameter_store(aws_environment: LocalAws) -> None:
    store = aws_environment.client("ssm")
    name = f"/playhead/{token_hex(6)}"
    store.put_parameter(Name=name, Value="a-shared-secret", Type="SecureString")
    arn = store.get_parameter(Name=name)["Parameter"]["ARN"]
    store.close()
    assert arn.split(":")[2] == "ssm"
    assert read_secret(arn) == "a-shared-secret"


def test_a_secret_that_is_not_there_is_an_error(aws_environment: LocalAws) -> None:
    assert aws_environment
    with pytest.raises(GetParameterError):
        read_secret(f"arn:aws:secretsmanager:us-east-1:000000000000:secret:none-{token_hex(4)}")


@pytest.mark.parametrize("service", ["secretsmanager", "ssm"])
def test_a_service_that_never_answers_is_an_error_long_before_the_functions_time_is_over(
    aws_environment: LocalAws, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    assert aws_environment
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = monotonic()
        with pytest.raises(GetParameterError):
            read_secret(f"arn:aws:{service}:us-east-1:000000000000:secret:silent")
        assert monotonic() - started < FUNCTION_SECONDS / 2
