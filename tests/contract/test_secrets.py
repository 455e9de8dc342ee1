"""Secrets by their ARN, from whichever service it names."""

from collections.abc import Callable
from secrets import token_hex

import pytest
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from local.ministack import LocalAws
from playhead.adapters.secrets import read_secret


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
