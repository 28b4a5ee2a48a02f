"""The scanners that are compared on code: how each is installed, called, and its findings read.

Every tool looks once at the whole folder, with its own defaults but for what is said here. A finding is
(file, first line, last line, CWE numbers, rule). Where a tool does not say which weakness it means, or names another one
than the catalogue would, the table here says it, so that it is not counted as missed.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass, field

SEVERITIES = ["info", "low", "medium", "high", "critical"]
ALL = {"python", "java", "javascript", "go", "rust"}
QUIET = {"NO_COLOR": "1", "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0", "PYTHONDONTWRITEBYTECODE": "1"}
# bandit's numbers; ruff's `S` rules carry the same ones.
BANDIT = {
    102: 94, 103: 732, 104: 605, 105: 259, 106: 259, 107: 259, 108: 377, 113: 400, 201: 489, 202: 22, 301: 502, 302: 502, 303: 328,
    304: 327, 305: 327, 306: 377, 307: 95, 308: 79, 310: 918, 311: 330, 312: 319, 313: 611, 314: 611, 315: 611, 316: 611, 317: 611,
    318: 611, 319: 611, 320: 611, 321: 319, 323: 295, 324: 328, 401: 319, 402: 319, 403: 502, 404: 78, 405: 611, 406: 611, 407: 611,
    408: 611, 409: 611, 410: 611, 411: 611, 413: 327, 501: 295, 502: 327, 503: 327, 504: 327, 505: 326, 506: 502, 507: 295, 508: 319,
    509: 319, 601: 78, 602: 78, 603: 78, 604: 78, 605: 78, 606: 78, 607: 78, 608: 89, 609: 78, 610: 89, 611: 89, 612: 94, 614: 502,
    615: 502, 701: 79, 702: 79, 703: 79, 704: 79,
}


@dataclass
class Finding:
    file: str
    first: int
    last: int
    cwes: list[int]
    rule: str


@dataclass
class Result:
    findings: list[Finding]
    cpu: float
    peak: float
    unread: set[str] = field(default_factory=set)
    note: str = ""


def measured(command, cwd):
    """(stdout, CPU seconds, peak MB, exit code) of a command with its children.

    On Linux a child's `ru_maxrss` starts from what its parent had; the tools here are all larger or read from `/proc`.
    """
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, cwd=cwd, env={**os.environ, **QUIET})
        seen = 0.0
        while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
            seen = max(seen, high_water(child.pid))
            time.sleep(0.002)
        _, status, usage = ended
        child.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        out.seek(0)
        # What a launcher starts is bigger than itself and only known from what was waited for.
        peak = max(usage.ru_maxrss / unit, seen) if usage.ru_maxrss / unit > 1.5 * seen else seen or usage.ru_maxrss / unit
        return out.read(), usage.ru_utime + usage.ru_stime, peak, child.returncode


def high_water(pid):
    """The largest resident size in MB so far; 0 where the system does not tell."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def relative(name, folder):
    path = pathlib.Path(name)
    return (path.relative_to(folder) if path.is_absolute() else path).as_posix().removeprefix("./")


class Redan:
    """Findings for developers, at least `low`; the CWE numbers are those of the rule's entry."""

    name, languages = "redan", ALL

    def __init__(self, binary, least="low"):
        self.binary, self.least = str(pathlib.Path(binary).resolve()), least
        rules = json.loads(subprocess.run([self.binary, "rules", "--json"], capture_output=True, check=True).stdout)
        self.cwes = {rule["id"]: [int(to.removeprefix("cwe:CWE-")) for to in rule["maps"] if to.startswith("cwe:CWE-")] for rule in rules}
        self.version = subprocess.run([self.binary, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]

    def run(self, folder):
        out, cpu, peak, code = measured([self.binary, "scan", ".", "-q", "--format", "json", "--fail-on", "none"], folder)
        if code not in (0, 3):
            return Result([], cpu, peak, note=f"exit code {code}")
        files = json.loads(out)["files"]
        return Result(self.read(files), cpu, peak, {file["path"] for file in files if file["status"] != "scanned"})

    def read(self, files):
        found = []
        for file in files:
            for hit in file["findings"]:
                if SEVERITIES.index(hit["severity"]) >= SEVERITIES.index(self.least) and hit["persona"] == "developer":
                    line = hit["location"].get("line") or 0
                    found.append(Finding(file["path"], line, line, self.cwes.get(hit["rule"], []), hit["rule"]))
        return found


class Bandit:
    name, languages, package = "bandit", {"python"}, "bandit"
    command = ["-r", "-q", "-f", "json", "."]

    def refused(self, report, folder):
        return {relative(error["filename"], folder) for error in report["errors"]}

    def read(self, report, folder):
        for hit in report["results"]:
            named = (hit.get("issue_cwe") or {}).get("id")
            cwes = {number for number in (named, BANDIT.get(int(hit["test_id"][1:]))) if number}
            lines = hit.get("line_range") or [hit["line_number"]]
            yield Finding(relative(hit["filename"], folder), min(lines), max(lines), sorted(cwes), hit["test_id"])


class Ruff:
    name, languages, package = "ruff S", {"python"}, "ruff"
    command = ["check", "--isolated", "--no-cache", "--select", "S", "--preview", "--exit-zero", "--output-format", "json", "."]

    def refused(self, report, folder):
        return {relative(hit["filename"], folder) for hit in report if not re.fullmatch(r"S\d+", hit.get("code") or "")}

    def read(self, report, folder):
        for hit in report:
            code = hit.get("code") or ""
            if not re.fullmatch(r"S\d+", code):
                continue
            cwe = BANDIT.get(int(code[1:]))
            yield Finding(relative(hit["filename"], folder), hit["location"]["row"], hit["end_location"]["row"], [cwe] if cwe else [], code)


class DetectSecrets:
    name, languages, package = "detect-secrets", ALL, "detect-secrets"
    command = ["scan", "--all-files", "."]

    def read(self, report, folder):
        for file, hits in report["results"].items():
            for hit in hits:
                yield Finding(relative(file, folder), hit["line_number"], hit["line_number"], [798], hit["type"])


class Checkov:
    """Infrastructure; of code only the credentials in it."""

    name, languages, package = "checkov", ALL | {"infrastructure"}, "checkov"
    command = ["-d", ".", "-o", "json", "--quiet", "--compact"]

    def read(self, report, folder):
        for part in report if isinstance(report, list) else [report]:
            for hit in part.get("results", {}).get("failed_checks", []):
                first, last = hit.get("file_line_range") or [0, 0]
                cwes = [798] if hit["check_id"].startswith("CKV_SECRET") else []
                yield Finding(relative(hit["file_path"].lstrip("/"), folder), first, last, cwes, hit["check_id"])


class Semgrep:
    """With the rules that the user fetched; their metadata says which weakness each means."""

    name, languages, package = "semgrep", ALL, "semgrep"

    def __init__(self, rules):
        self.command = ["scan", "--config", str(rules.resolve()), "--metrics", "off", "--disable-version-check", "--no-git-ignore", "--quiet", "--json", "."]

    def read(self, report, folder):
        for hit in report["results"]:
            named = hit["extra"].get("metadata", {}).get("cwe") or []
            cwes = [int(text) for name in ([named] if isinstance(named, str) else named) for text in re.findall(r"CWE-(\d+)", name)]
            yield Finding(relative(hit["path"], folder), hit["start"]["line"], hit["end"]["line"], cwes, hit["check_id"])


def run_peer(peer, folder):
    """One run of a peer; what it printed is read, and a failure is said."""
    out, cpu, peak, code = measured([str(peer.binary), *peer.command], folder)
    try:
        found = json.loads(out or b"[]")
        refused = peer.refused(found, folder) if hasattr(peer, "refused") else set()
        return Result(list(peer.read(found, folder)), cpu, peak, refused)
    except (ValueError, KeyError, TypeError) as error:
        return Result([], cpu, peak, note=f"exit code {code}: {error}")


def install(peer, home):
    """Puts a peer into an environment of its own below `home`; False, with a line, if that fails."""
    place = home / peer.package
    peer.binary, python = place / "bin" / peer.package, place / "bin" / "python"
    if not peer.binary.exists():
        print(f"installing {peer.package}", file=sys.stderr, flush=True)
        venv.create(place, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", peer.package], check=False)
    if not peer.binary.exists():
        print(f"{peer.name} is left out: it could not be installed", file=sys.stderr)
        return False
    query = f"import importlib.metadata as m; print(m.version('{peer.package}'))"
    peer.version = subprocess.run([str(python), "-c", query], capture_output=True, text=True, check=False).stdout.strip()
    return True
