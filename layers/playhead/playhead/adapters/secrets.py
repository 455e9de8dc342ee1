"""Secrets by ARN, from Secrets Manager or SSM, remembered for some minutes by Powertools."""

from aws_lambda_powertools.utilities import parameters

_MAX_AGE_SECONDS = 300


def read_secret(arn: str) -> str:
    """Return the secret's text; which service holds it, its ARN says. Raises parameters.GetParameterError."""
    if arn.split(":")[2] == "ssm":
        return str(parameters.get_parameter(arn, decrypt=True, max_age=_MAX_AGE_SECONDS))
    return str(parameters.get_secret(arn, max_age=_MAX_AGE_SECONDS))
