"""Makers of small real model files, one module per family of frameworks.

Each module has a function `make(collector)`. It builds objects with the real framework and hands
them to the collector, which writes them, notes them in the manifest and turns the failure of one
model into one line of output, so that the rest goes on.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pickle
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any, Callable

ALL_PROTOCOLS = range(6)
# zlib and friends are what joblib can write; lz4 needs its own package.
JOBLIB_COMPRESSORS = ["none", "zlib", "gzip", "bz2", "lzma", "xz", "lz4"]
JOBLIB_SUFFIX = {
    "none": ".joblib",
    "zlib": ".joblib.z",
    "gzip": ".joblib.gz",
    "bz2": ".joblib.bz2",
    "lzma": ".joblib.lzma",
    "xz": ".joblib.xz",
    "lz4": ".joblib.lz4",
}


class Missing(Exception):
    """A package that a model needs is not installed here."""


def need(module: str) -> Any:
    """Imports `module`, or raises `Missing` when it is not installed or does not load."""
    try:
        return importlib.import_module(module)
    except (ImportError, OSError, RuntimeError) as error:
        raise Missing(f"`{module}`: {str(error).splitlines()[0] if str(error) else error!r}") from None


class Collector:
    """Writes model files below one folder and remembers what it wrote."""

    def __init__(self, root: Path, verbose: bool = False) -> None:
        self.root = root
        self.verbose = verbose
        self.rows: list[tuple[str, str, str, str]] = []
        self.failed: list[str] = []
        self.skipped: list[str] = []

    def save(self, framework: str, name: str, fmt: str, write: Callable[[Path], Any]) -> bool:
        """Calls `write(path)` for `root/framework/name`; a folder is noted file by file."""
        path = self.root / framework / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in _written(path):
            old.unlink()
        if path.is_dir():
            shutil.rmtree(path)
        try:
            write(path)
        except Missing as error:
            self.skip(f"{framework}/{name}", str(error))
            return False
        except Exception as error:  # one model's failure must not stop the others
            self.fail(f"{framework}/{name}", error)
            for left in _written(path):
                left.unlink()
            return False
        for written in _written(path):
            self.rows.append((written.relative_to(self.root).as_posix(), framework, version(framework), fmt))
        return True

    def pickled(
        self,
        framework: str,
        name: str,
        build: Callable[[], Any],
        protocols: Any = ALL_PROTOCOLS,
        joblib: Any = (),
    ) -> None:
        """Builds one object and writes it as pickles and joblib files."""
        try:
            value = build()
        except Missing as error:
            self.skip(f"{framework}/{name}", str(error))
            return
        except Exception as error:
            self.fail(f"{framework}/{name}", error)
            return

        refused: list[str] = []
        why: Exception | None = None
        for protocol in protocols:
            try:
                data = pickle.dumps(value, protocol=protocol)
            except Exception as error:  # many classes need protocol 2 or later
                refused.append(str(protocol))
                why = error
                continue
            self.save(framework, f"{name}.p{protocol}.pkl", "pickle", lambda path, data=data: path.write_bytes(data))
        if why is not None:
            self.fail(f"{framework}/{name} at protocol {','.join(refused)}", why)
        if len(refused) == len(list(protocols)) > 0:
            return
        for compressor in joblib:
            self._joblib(framework, name, value, compressor)

    def _joblib(self, framework: str, name: str, value: Any, compressor: str) -> None:
        def write(path: Path) -> None:
            need("joblib").dump(value, path, compress=0 if compressor == "none" else (compressor, 3))

        self.save(framework, name + JOBLIB_SUFFIX[compressor], "joblib", write)

    def run(self, label: str, part: Callable[["Collector"], None]) -> None:
        """Runs one maker, or one part of it, and survives its failure."""
        try:
            part(self)
        except Missing as error:
            self.skip(label, str(error))
        except Exception as error:
            self.fail(label, error)

    def skip(self, label: str, why: str) -> None:
        self.skipped.append(f"{label}: {why}")
        print(f"skipped {label}: {why}", flush=True)

    def fail(self, label: str, error: BaseException) -> None:
        text = str(error).strip().splitlines()
        self.failed.append(f"{label}: {type(error).__name__}: {text[0][:200] if text else ''}")
        print(f"failed  {self.failed[-1]}", flush=True)
        if self.verbose:
            traceback.print_exception(error, file=sys.stdout)


def _written(path: Path) -> list[Path]:
    """The files at `path`, below it when it is a folder, and beside it under the same name (side files)."""
    beside = [p for p in path.parent.glob(path.name + "*") if p == path or not p.is_dir()]
    below = path.rglob("*") if path.is_dir() else ()
    return sorted({p for p in [*beside, *below] if p.is_file() and not p.is_symlink()})


# Where the folder's name is not the name of the distribution.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "hf": "transformers",
    "mlflow": "mlflow-skinny",
    "umap": "umap-learn",
    "tensorflow": "tensorflow-cpu",
    "crf": "sklearn-crfsuite",
    "lightning": "pytorch-lightning",
    "pyg": "torch-geometric",
}


def version(framework: str) -> str:
    """The version of the framework, Python's own for the standard library."""
    if framework.startswith("stdlib"):
        return ".".join(map(str, sys.version_info[:3]))
    try:
        return importlib.metadata.version(DISTRIBUTIONS.get(framework, framework))
    except importlib.metadata.PackageNotFoundError:
        return ""
