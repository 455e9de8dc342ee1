"""Thousands of requests, made from the OpenAPI document by schemathesis, against the running stack.

No defect, and no answer that the document does not name: by status, content type and form.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from local.seed import LEARNERS
from local.settings import DEVELOPMENT_SECRET
from local.template import ROOT
from local.tokens import make_token
from playhead.api.openapi import PATH
from tests.e2e.stack import running_stack

FEWEST_CASES = 2000
SECONDS = 120


@pytest.mark.long
def test_every_answer_is_documented(tmp_path: Path) -> None:
    """With valid and invalid values in each place, with and without a token; the caller is an admin, and a learner."""
    token = make_token(DEVELOPMENT_SECRET, str(LEARNERS[0]["_id"]), "admin")
    with running_stack(URGENT_SPACING_MS="0") as stack:
        command: list[str | Path] = [
            *(ROOT / ".tools/schemathesis/bin/schemathesis", "--config-file", ROOT / "tests/e2e/schemathesis.toml"),
            *("--no-color", "run", PATH, "--url", stack.address, "--header", f"Authorization: Bearer {token}"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "200", "--max-time", str(SECONDS)),
            *("--workers", "4", "--continue-on-failure", "--generation-database", "none"),
            *("--seed", os.environ.get("SCHEMATHESIS_SEED", "1")),  # the same cases until somebody wants others
        ]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=4 * SECONDS, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    generated = re.search(r"(\d+) generated", run.stdout)
    assert generated
    assert int(generated[1]) >= FEWEST_CASES
