"""Playhead's shared package; it keeps the libraries' own debug lines, which hold what they send, out of the log.

At LogLevel DEBUG Lambda lets every logger speak: botocore would tell the secrets that it reads, Powertools the
arguments of each route, pymongo each command.
"""

import logging

for _library in ("aws_lambda_powertools", "boto3", "botocore", "pymongo", "urllib3"):
    logging.getLogger(_library).setLevel(logging.INFO)
