"""The audit of packages: a finding is told apart from an index that could not be asked."""

import json

import pytest

from ci.audit import Audited, of_npm, of_pip


def test_a_finding_of_pip_audit() -> None:
    weak = {"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    skipped = {"name": "b", "skip_reason": "Dependency not found"}
    output = json.dumps({"dependencies": [weak, skipped, {"name": "c", "version": "2", "vulns": []}], "fixes": []})
    assert of_pip(output) == Audited(("a 1.0: PYSEC-1",), 1)


def test_a_finding_of_npm_audit() -> None:
    assert of_npm('{"vulnerabilities": {"a": {"severity": "low"}}}') == Audited(("a: low",))
    assert of_npm('{"vulnerabilities": {}}') == Audited()


def test_an_index_that_cannot_be_asked_is_no_finding_and_no_all_clear() -> None:
    assert of_npm('{"message": "405", "method": "POST"}') == Audited(asked=False)
    for nothing in ("", "{}"):
        with pytest.raises((ValueError, KeyError)):
            of_pip(nothing)
