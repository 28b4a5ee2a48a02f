"""The scanners that the benchmark compares: how each is installed, called, and its verdict read.

The fairest reading of each tool, taken from its own documentation of exit codes and severities:

- picklescan: exit code 1 is flagged ("scan found malware"), 2 an error. `picklescan-strict` is the
  same tool with `--strict`.
- fickling: flagged when the library rates a pickle above "likely safe", in archives too, which its
  command line does not open (`fickling_scan.py`); a file that it cannot read is an error.
- modelscan: exit code 1 is flagged, 2 an error, 3 no file it supports.
- modelaudit: flagged when the JSON lists an issue of severity `warning` or `critical`; `info` and
  `debug` do not count. Exit code 2 is an error. Its telemetry is switched off.
- redan: the JSON lists findings; high or critical flags a file that executes code, medium or above
  every other file.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEVERITIES = ["info", "low", "medium", "high", "critical"]
# What a tool needs beside itself: fickling 0.1.12 imports a package that it does not declare.
EXTRA = {"fickling": ["typing_extensions"]}
QUIET = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": ""}


@dataclass
class Run:
    """One run of one tool on one file."""

    worst: str  # "none", "flagged" (peers), or a severity (redan)
    clean: bool  # the tool says that it read the file and found nothing
    note: str  # why it is not clean without being flagged: incomplete, error, timeout
    cpu: float  # seconds, user and system, with child processes
    peak_mb: float
    wall: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Tool:
    """A scanner and the way to run it."""

    def __init__(self, name: str, binary: Path, version: str) -> None:
        self.name = name
        self.binary = binary
        self.version = version

    def command(self, file: Path, scratch: Path) -> list[str]:
        program, name = str(self.binary), str(file)
        kind = self.name.split("-")[0]
        if kind == "picklescan":
            return [program, "-l", "ERROR", *(["--strict"] if self.name.endswith("strict") else []), "-p", name]
        if kind == "fickling":
            return [str(self.binary.parent / "python"), str(HERE / "fickling_scan.py"), name]
        if kind == "modelscan":
            return [program, "scan", "-r", "json", "-p", name]
        if kind == "modelaudit":
            return [program, "scan", "--no-cache", "--quiet", "--format", "json", name]
        return [program, "scan", name, "--format", "json"]

    def verdict(self, code: int, output: bytes) -> tuple[str, bool, str]:
        """(worst, clean, note) from the exit code and the standard output."""
        if self.name == "redan":
            return redan_verdict(code, output)
        if self.name == "modelaudit":
            return modelaudit_verdict(code, output)
        if code == 1 and b"Traceback (most recent call last)" not in output:
            return "flagged", False, ""
        if code == 0:
            return "none", True, ""
        return "none", False, "no supported file" if self.name == "modelscan" and code == 3 else f"exit code {code}"

    def scan(self, file: Path, scratch: Path, timeout: float) -> Run:
        """Runs the tool on one file and measures it."""
        code, output, cpu, peak, wall = measured(self.command(file, scratch), scratch, timeout)
        if code is None:
            return Run("none", False, "timeout", cpu, peak, wall)
        worst, clean, note = self.verdict(code, output)
        return Run(worst, clean, note, cpu, peak, wall)


def redan_verdict(code: int, output: bytes) -> tuple[str, bool, str]:
    try:
        files = json.loads(output)["files"]
    except (ValueError, KeyError, TypeError):
        return "none", False, f"no JSON, exit code {code}"
    found = [f["severity"] for entry in files for f in entry["findings"]]
    states = {entry["status"] for entry in files}
    worst = max(found, key=SEVERITIES.index, default="none")
    odd = sorted(states - {"scanned"}) or ([] if files else ["not listed"])
    return worst, worst == "none" and not odd, ",".join(odd)


def modelaudit_verdict(code: int, output: bytes) -> tuple[str, bool, str]:
    try:
        issues = json.loads(output[output.index(b"{") :]).get("issues") or []
    except ValueError:
        return "none", False, f"no JSON, exit code {code}"
    if any(issue.get("severity") in ("warning", "critical") for issue in issues):
        return "flagged", False, ""
    return "none", code != 2, f"exit code {code}" if code == 2 else ""


def measured(command: list[str], scratch: Path, timeout: float) -> tuple[int | None, bytes, float, float, float]:
    """Runs a command: (exit code or None at timeout, stdout, CPU seconds, peak MB, wall seconds).

    CPU and memory come from `wait4`, so that they hold for this child and what it waited for.
    """
    with tempfile.TemporaryFile(dir=scratch) as out:
        started = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, cwd=scratch, env={**os.environ, **QUIET}, start_new_session=True)
        late, seen = False, 0.0
        try:
            while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
                elapsed = time.monotonic() - started
                seen = max(seen, high_water(child.pid))
                if elapsed > timeout and not late:
                    late = True
                    kill_group(child.pid)
                time.sleep(0.0005 if elapsed < 0.1 else 0.01)
        except KeyboardInterrupt:
            kill_group(child.pid)
            raise
        _, status, usage = ended
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        out.seek(0)
        code = None if late else child.returncode
        return code, out.read(), usage.ru_utime + usage.ru_stime, peak_memory(usage.ru_maxrss, seen), wall


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def peak_memory(maximum: int, seen: float) -> float:
    """Peak MB from `ru_maxrss`, or from what was seen while it ran.

    On Linux a child's `ru_maxrss` starts from what its parent had when it was forked, so that it says
    nothing below the size of this process.
    """
    # Linux counts in KiB, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seen if seen and maximum <= floor else maximum / unit


def high_water(pid: int) -> float:
    """The largest resident size in MB that the process had so far; 0 where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    _, _, rest = text.partition("VmHWM:")
    words = rest.split(maxsplit=1)
    return int(words[0]) / 1024 if words else 0.0


def install(name: str, folder: Path) -> Tool | None:
    """Puts a peer into an environment of its own below `folder`; None (with a line) if that fails."""
    package = name.split("-")[0]
    home = folder / package
    binary, python = home / "bin" / package, home / "bin" / "python"
    if not binary.exists():
        print(f"installing {package}", file=sys.stderr, flush=True)
        venv.create(home, with_pip=True)
        done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", package, *EXTRA.get(package, [])], check=False, capture_output=True, text=True)
        if done.returncode != 0 or not binary.exists():
            why = (done.stderr.strip().splitlines() or ["it has no such program"])[-1]
            print(f"skipped {name}: {why}", file=sys.stderr)
            return None
    query = f"import importlib.metadata as m; print(m.version('{package}'))"
    version = subprocess.run([str(python), "-c", query], check=False, capture_output=True, text=True).stdout.strip()
    return Tool(name, binary, version)


def redan(path: Path) -> Tool | None:
    try:
        done = subprocess.run([str(path), "--version"], check=False, capture_output=True, text=True)
    except OSError as error:
        print(f"error: `{path}` cannot be run: {error}", file=sys.stderr)
        return None
    words = done.stdout.split()
    return Tool("redan", path.resolve(), words[1] if len(words) > 1 else "")
