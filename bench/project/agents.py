"""Recall on hostile and high findings on ordinary skills, servers and configurations.

    python3 bench/project/agents.py FOLDER [--redan target/release/redan]

FOLDER holds `malicious/NAME/…` and `benign/NAME/…`, one folder a project. A project counts as found when the scan
has a finding of severity high or critical in it.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time


def findings(redan: str, project: pathlib.Path) -> list[dict]:
    """What a scan finds in one project."""
    command = [redan, "scan", str(project), "--format", "json", "--fail-on", "critical"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{project}: {done.stderr.strip()}")
    files = json.loads(done.stdout)["files"] if done.stdout.strip() else []
    return [finding for file in files for finding in file["findings"]]


def grave(redan: str, project: pathlib.Path) -> list[str]:
    """Rules that fire with high or critical severity on one project."""
    found = findings(redan, project)
    return sorted({finding["rule"] for finding in found if finding["severity"] in ("high", "critical")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--redan", default="target/release/redan")
    parser.add_argument("--quiet", action="store_true", help="only the figures")
    args = parser.parse_args()
    started = time.perf_counter()
    figures = {}
    for kind in ("malicious", "benign"):
        projects = sorted(path for path in (args.folder / kind).iterdir() if path.is_dir())
        found = {project.name: grave(args.redan, project) for project in projects}
        figures[kind] = (sum(bool(rules) for rules in found.values()), len(found))
        for name, rules in found.items():
            if not args.quiet and bool(rules) != (kind == "malicious"):
                print(f"{kind}/{name}: {', '.join(rules) or 'nothing high'}")
    for kind, label in (("malicious", "recall"), ("benign", "ordinary flagged high")):
        hit, total = figures[kind]
        print(f"{label}: {hit} of {total} ({100 * hit / max(total, 1):.1f} %)")
    print(f"{time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
