"""Measures what a cold start computes: importing each function from its built layers, byte-compiled and from source.

Each figure is the CPU time of a fresh interpreter in the environment of a Lambda, in ms, the median of several runs;
`first use` adds to the import what the first request makes: settings, clients, and the modules that wait for them.
Nothing is connected to. What the write path's libraries take by themselves is printed beside it, of the same run, since
a time of one machine says little.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median

from local.template import ROOT, function_environment, function_layers, read_template, resources_of_type

BUILT = ROOT / ".aws-sam/build"
WRITE_PATH = "ReportProgress"
AIM_MS = 350
SHOWN = 15

# What any function of this kind imports: a validating resolver, log, metrics, tracer, the driver and the SDK.
LIBRARIES = (
    "aws_lambda_powertools.event_handler.openapi.params, aws_lambda_powertools.logging.correlation_paths, pydantic, "
    "aws_lambda_powertools.tracing, aws_xray_sdk.ext.botocore, aws_xray_sdk.ext.pymongo, botocore.client, pymongo"
)

START = """
import json, os, sys, time
sys.path[:0] = json.loads(os.environ.pop("CODE"))
start = time.process_time()
import %(modules)s
imported = time.process_time()
from playhead.adapters import secrets
secrets.read_secret = lambda arn: "mongodb://127.0.0.1:1"
app = sys.modules.get("app")
for make in list(vars(app).values()) if app else ():
    if getattr(make, "__module__", "").startswith("playhead.bootstrap.") and hasattr(make, "cache_info"):
        make()
used = time.process_time()
print(json.dumps([(imported - start) * 1000, (used - start) * 1000]), flush=True)
os._exit(0)
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="fresh interpreters for each figure (default 7)")
    runs = parser.parse_args().runs
    subprocess.run(["make", "build"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S607 (make on PATH)
    with tempfile.TemporaryDirectory() as source:
        for layer in resources_of_type(read_template(), "AWS::Serverless::LayerVersion"):
            shutil.copytree(BUILT / layer, Path(source) / layer, ignore=shutil.ignore_patterns("__pycache__"))
        print_figures({"compiled": BUILT, "source": Path(source)}, runs)
    print_heaviest(runs)
    return 0


def print_figures(kinds: Mapping[str, Path], runs: int) -> None:
    """Print a line for each function; the two kinds take turns, so that both meet the same machine."""
    print(f"CPU ms, median of {runs}  import: compiled  source  ratio   first use: compiled  source  ratio")
    for function in resources_of_type(read_template(), "AWS::Serverless::Function"):
        taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for _ in range(runs):
            for kind, layers in kinds.items():
                imported, used = json.loads(start(function, layers).stdout)
                taken[kind].append((imported, used))
        cells = [[median(one[moment] for one in taken[kind]) for kind in kinds] for moment in (0, 1)]
        (imported_compiled, imported_source), (used_compiled, used_source) = cells
        print(
            f"{function:32}{imported_compiled:9.0f}{imported_source:8.0f}{imported_source / imported_compiled:7.1f}"
            f"{used_compiled:22.0f}{used_source:8.0f}{used_source / used_compiled:7.1f}"
        )
        if function == WRITE_PATH:
            print_write_path(runs)


def print_write_path(runs: int) -> None:
    """Print whether the aim is met, and the write path's import over that of its libraries alone, in turns."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for modules in ("app", LIBRARIES):
            taken[modules].append(json.loads(start(WRITE_PATH, BUILT, modules=modules).stdout)[0])
    whole, libraries = median(taken["app"]), median(taken[LIBRARIES])
    print(f"    {whole:.0f} ms, {whole / libraries:.2f} times its libraries alone ({libraries:.0f} ms): ", end="")
    print(f"aim: under {AIM_MS} ms:", "met" if whole < AIM_MS else "missed")


def print_heaviest(runs: int) -> None:
    """Print where the write path's import time goes: by package, then by module."""
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for module, ms in import_times(start(WRITE_PATH, BUILT, "-X", "importtime").stderr):
            taken[module].append(ms)
    modules = {module: median(each) for module, each in taken.items()}
    packages: dict[str, float] = defaultdict(float)
    for module, ms in modules.items():
        packages[module.partition(".")[0]] += ms
    for title, figures in (("packages", packages), ("modules", modules)):
        print(f"\nheaviest {title} of {WRITE_PATH}'s first use (own ms, elapsed, median of {runs})")
        for name, ms in sorted(figures.items(), key=lambda one: -one[1])[:SHOWN]:
            print(f"  {ms:7.1f}  {name}")


def import_times(log: str) -> Iterable[tuple[str, float]]:
    """Read what -X importtime wrote: each module and its own time in ms."""
    for line in log.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and parts[0].strip().isdigit():
            yield parts[2].strip(), int(parts[0]) / 1000


def start(function: str, layers: Path, *options: str, modules: str = "app") -> subprocess.CompletedProcess[str]:
    """Start a function in a fresh interpreter that sees its code, the layers and the standard library, as on Lambda."""
    template = read_template()
    code = ROOT / template["Resources"][function]["Properties"]["CodeUri"]
    some = dict.fromkeys(
        (*template["Resources"], "MongoDbUriSecretArn"),
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:some",
    )
    environment = {
        **function_environment(function, references=some),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "some",
        "AWS_SECRET_ACCESS_KEY": "some",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "LAMBDA_TASK_ROOT": str(code),  # by this the X-Ray SDK knows where it is
        "CODE": json.dumps([str(code), *(str(layers / layer / "python") for layer in function_layers(function))]),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-S", "-B", *options, "-c", START % {"modules": modules}]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{function} did not start:\n{done.stderr[-2000:]}")
    return done


if __name__ == "__main__":
    sys.exit(main())
