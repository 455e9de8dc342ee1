"""Secrets by ARN, from Secrets Manager or SSM, within the time budget; remembered for some minutes by Powertools."""

from functools import cache

from aws_lambda_powertools.utilities import parameters

from playhead.adapters.aws_budget import aws_budget

_MAX_AGE_SECONDS = 300


def read_secret(arn: str) -> str:
    """Return the secret's text; which service holds it, its ARN says. Raises parameters.GetParameterError."""
    if arn.split(":")[2] == "ssm":
        return str(parameter_store().get(arn, decrypt=True, max_age=_MAX_AGE_SECONDS))
    return str(secrets_manager().get(arn, max_age=_MAX_AGE_SECONDS))


@cache
def parameter_store() -> parameters.SSMProvider:
    """Return what reads from SSM, with what it remembers."""
    return parameters.SSMProvider(boto_config=aws_budget())


@cache
def secrets_manager() -> parameters.SecretsProvider:
    """Return what reads from Secrets Manager, with what it remembers."""
    return parameters.SecretsProvider(boto_config=aws_budget())
