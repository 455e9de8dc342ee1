"""Asks for known weaknesses of what is deployed or shipped: a finding fails, an index that cannot be asked is told.

The packages: what the layers' locks name, and what the browser client needs where it runs.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from local.template import ROOT

LOCKS = ("requirements.txt", "cryptography.txt")
_PIP_AUDIT = (ROOT / ".tools/audit/bin/pip-audit", "--format", "json", "--disable-pip", "--progress-spinner", "off")
_NPM_AUDIT = ("npm", "--prefix", ROOT / "frontend", "audit", "--json", "--omit=dev")


@dataclass(frozen=True)
class Audited:
    """What an audit found, and of how many packages it could not be known."""

    found: tuple[str, ...] = ()
    unknown: int = 0
    asked: bool = True


def main() -> int:
    """Audit; return 1 where something was found."""
    options = [option for lock in LOCKS for option in ("-r", ROOT / "layers/dependencies" / lock)]
    python = _audit("pip-audit", [*_PIP_AUDIT, *options], of_pip)
    browser = _audit("npm audit", [*_NPM_AUDIT], of_npm)
    return 1 if python.found or browser.found else 0


def of_pip(output: str) -> Audited:
    """Read what pip-audit printed."""
    packages = json.loads(output)["dependencies"]
    found = [f"{one['name']} {one['version']}: {weak['id']}" for one in packages for weak in one.get("vulns", ())]
    return Audited(tuple(found), sum("skip_reason" in one for one in packages))


def of_npm(output: str) -> Audited:
    """Read what `npm audit` printed."""
    told = json.loads(output)
    if "vulnerabilities" not in told:  # npm says why on the error output
        return Audited(asked=False)
    return Audited(tuple(f"{name}: {one['severity']}" for name, one in told["vulnerabilities"].items()))


def _audit(name: str, command: list[object], read: Callable[[str], Audited]) -> Audited:
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    try:
        audited = read(run.stdout)
    except (ValueError, KeyError):
        audited = Audited(asked=False)
    if not audited.asked:
        print(f"{name}: NOT KNOWN, nobody could be asked:", *run.stderr.splitlines()[-3:], sep="\n  ")
    elif audited.unknown:
        print(f"{name}: NOT KNOWN of {audited.unknown} packages, the index could not be asked about them")
    elif not audited.found:
        print(f"{name}: nothing found")
    for one in audited.found:
        print(f"{name}: FOUND {one}")
    return audited


if __name__ == "__main__":
    sys.exit(main())
