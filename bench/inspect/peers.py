"""The tools that are compared: how each is installed, called on records, and what it costs.

A tool reads JSONL records {id, text} and gives, for each id, its detections. CPU and memory are those of the
whole process. Every peer gets an environment of its own, from the package index.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
# llm-guard pins old versions of what its model-free scanners import but do not use: newer ones do.
PACKAGES = {
    "presidio": [["presidio-analyzer", "spacy"]],
    "detect-secrets": [["detect-secrets"]],
    "llm-guard": [["--no-deps", "llm-guard", "bc-detect-secrets"], ["structlog", "pyyaml", "requests", "regex", "presidio-analyzer", "presidio-anonymizer", "torch", "transformers", "faker"]],
}


@dataclass
class Result:
    """What a tool said of each record, and what it cost."""

    detections: dict[str, list[dict]] = field(default_factory=dict)
    records: dict[str, dict] = field(default_factory=dict)
    cpu: float = 0.0
    peak_mb: float = 0.0


def python_of(name: str, folder: Path) -> Path:
    """The Python of a peer's environment, made when it is missing."""
    home = folder / name
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, with_pip=True)
        for packages in PACKAGES[name]:
            subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (home / "ready").touch()
    return python


def measured(command: list[str]) -> tuple[float, float]:
    """Runs a command; CPU seconds and peak megabytes of its process."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # Redan's 1 means that something was found.
        if process.returncode not in (0, 1):
            errors.seek(0)
            sys.exit(f"{command[0]} failed:\n{errors.read().decode(errors='replace')[-2000:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def run(tool: str, records: list[dict], redan: Path, folder: Path, channel: str = "user", extra: str = "") -> Result:
    """Runs one tool over the records."""
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch) / "in.jsonl", Path(scratch) / "out.jsonl"
        with source.open("w", encoding="utf-8") as out:
            for record in records:
                out.write(json.dumps({"id": str(record["id"]), "text": record["text"]}) + "\n")
        if tool == "redan":
            command = ["sh", "-c", 'exec "$0" inspect "$1" --quiet --jobs 1 --format jsonl --channel "$3" > "$2"']
            command += [str(redan), str(source), str(target), channel]
        else:
            script = {"presidio": "presidio_scan.py", "detect-secrets": "detect_secrets_scan.py", "llm-guard": "llm_guard_scan.py"}
            command = [str(python_of(tool, folder)), str(HERE / script[tool]), str(source), str(target)]
            command += [extra] if extra else []
        result = Result()
        result.cpu, result.peak_mb = measured(command)
        with target.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                result.records[record["id"]] = record
                result.detections[record["id"]] = record.get("detections", [])
        return result
