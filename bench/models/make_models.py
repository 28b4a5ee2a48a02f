#!/usr/bin/env python3
"""Trains and saves small real models in every format that the installed frameworks offer.

Runs inside an environment that has the frameworks (`frameworks.py` makes one). A framework that is
not installed is skipped with a line that says so; the failure of one model is printed and the rest
goes on. Beside the files it writes `manifest.csv` (path, framework, version, format).
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import os
import shutil
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from makers import Collector  # noqa: E402

MAKERS = [
    "standard",
    "arrays",
    "tables",
    "estimators",
    "boosting",
    "exchange",
    "torch_values",
    "torch_modules",
    "hub",
    "keras_models",
    "wider",
]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog="makers: " + ", ".join(MAKERS))
    parser.add_argument("folder", type=Path, help="where the models go; created if absent")
    parser.add_argument("--only", metavar="MAKER[,MAKER]", help="run only these makers and keep the others' rows of the manifest")
    parser.add_argument("--verbose", action="store_true", help="print the traceback of each failure")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    wanted = args.only.split(",") if args.only else MAKERS
    unknown = sorted(set(wanted) - set(MAKERS))
    if unknown:
        print(f"error: no maker `{unknown[0]}`; there are: {', '.join(MAKERS)}", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow" if importlib.util.find_spec("tensorflow") else "torch")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    # Frameworks leave logs in the current folder, and what they pickle must not depend on it.
    args.folder = args.folder.resolve()
    args.folder.mkdir(parents=True, exist_ok=True)
    scratch = args.folder / ".scratch"
    scratch.mkdir(exist_ok=True)
    os.chdir(scratch)
    collector = Collector(args.folder, args.verbose)
    for name in wanted:
        started = time.monotonic()
        count = len(collector.rows)
        module = importlib.import_module(f"makers.{name}")
        collector.run(name, module.make)
        print(f"{name}: {len(collector.rows) - count} files in {time.monotonic() - started:.0f} s", flush=True)
    os.chdir(args.folder)
    shutil.rmtree(scratch, ignore_errors=True)
    write_manifest(args.folder, collector)
    print(f"{len(collector.rows)} files, {len(collector.failed)} failures, {len(collector.skipped)} skipped -> {args.folder}")
    return 0 if collector.rows else 1


def write_manifest(folder: Path, collector: Collector) -> None:
    """Writes `manifest.csv`, keeping rows of files from earlier runs that are still there."""
    path = folder / "manifest.csv"
    rows = {row[0]: row for row in collector.rows}
    if path.exists():
        with path.open(newline="") as file:
            for row in list(csv.reader(file))[1:]:
                if row and row[0] not in rows and (folder / row[0]).exists():
                    rows[row[0]] = tuple(row)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "framework", "version", "format"])
        writer.writerows(rows[key] for key in sorted(rows))


if __name__ == "__main__":
    sys.exit(main())
