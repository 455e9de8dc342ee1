"""Builds what SAM would build, without SAM: one zip per function and layer, cached by what went into it."""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from local.ministack import pointer_layer
from local.processes import Child
from local.template import ROOT

CACHE = ROOT / "build/local"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content makes the same zip


def host_architecture() -> str:
    """Return this machine's processor as Lambda names it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def build_function(properties: dict[str, Any]) -> Path:
    """Zip a function's folder."""
    return _zip_folder(ROOT / properties["CodeUri"], prefix="")


def build_layer(name: str, resource: dict[str, Any]) -> Path:
    """Zip a layer: its own makefile's outcome, or its folder under `python/`, as the template's BuildMethod says."""
    folder = ROOT / resource["Properties"]["ContentUri"]
    if resource["Metadata"]["BuildMethod"] == "makefile":
        return _make_layer(name, folder)
    return _zip_folder(folder, prefix="python/")


def _make_layer(name: str, folder: Path) -> Path:
    """Run `make build-<name>` as SAM does, and zip a pointer to the outcome.

    The emulated Lambda unpacks each layer for each worker, which for some thousand files takes seconds every time.
    """
    architecture = host_architecture()
    made = CACHE / f"{name}-{architecture}-{_digest(folder)}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two stacks that start together build it once
        if not made.exists():
            print(f"building {name} (once)", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(dir=CACHE) as artifacts:
                _run_make(name, folder, Path(artifacts), architecture)
                shutil.copytree(artifacts, unfinished := made.with_suffix(".unfinished"), dirs_exist_ok=True)
            unfinished.rename(made)
    pointer = made.with_suffix(".zip")
    _write_zip(pointer, pointer_layer(name, made))
    return pointer


def _run_make(name: str, folder: Path, artifacts: Path, architecture: str) -> None:
    environment = {
        **os.environ,
        "ARTIFACTS_DIR": str(artifacts),
        "ARCHITECTURE": architecture,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for inherited in (
        "MAKEFLAGS",
        "MAKELEVEL",
        "MFLAGS",
    ):  # `make run` is a make too, and must not be this one's parent
        environment.pop(inherited, None)
    log = CACHE / f"{name}.log"
    command = ["make", "-C", str(folder), f"build-{name}"]
    if sys.platform == "darwin":  # functions run on the host here, and a Mac cannot load what Lambda can
        command.append("PLATFORM=" + sysconfig.get_platform().replace("-", "_").replace(".", "_"))
    with Child(command, log=log, environment=environment) as build:
        if build.wait():
            message = f"building {name} failed:\n{log.read_text(errors='replace')[-4000:]}"
            raise RuntimeError(message)


def _zip_folder(folder: Path, prefix: str) -> Path:
    target = CACHE / f"{folder.name}-{_digest(folder)}.zip"
    if not target.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        _write_zip(target, {prefix + str(file.relative_to(folder)): file.read_bytes() for file in _sources(folder)})
    return target


def _write_zip(target: Path, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        unfinished = Path(folder) / target.name
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        unfinished.replace(target)  # at once, or not at all


def _digest(folder: Path) -> str:
    digest = hashlib.sha256(str(sys.version_info[:2]).encode())
    for file in _sources(folder):
        digest.update(f"{file.relative_to(folder)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _sources(folder: Path) -> list[Path]:
    """Return the files to ship; a source folder's `__pycache__` is the host's own and neither shipped nor counted."""
    return [file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
