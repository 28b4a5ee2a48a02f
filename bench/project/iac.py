"""How well pairs of infrastructure files are told apart: a vulnerable file and a safe twin for each case.

    python3 bench/project/iac.py FOLDER [--redan target/release/redan]

FOLDER holds labels.json with `labels`: [{path, case, cls, vulnerable}]. A case is told apart when some rule is found
in the vulnerable file and not in its twin. An alarm is a finding of medium severity or more, for developers, in a safe
file. Where checkov is installed it is measured in the same way, any failed check counting as a finding.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess

LEVELS = ["info", "low", "medium", "high", "critical"]


def redan(tool, folder, labels):
    """Path to [(rule, severity, persona)] of every labelled file, each folder scanned by itself."""
    found = collections.defaultdict(list)
    for place in sorted({pathlib.Path(label["path"]).parent for label in labels}):
        command = [tool, "scan", str(folder / place), "-q", "--format", "json", "--fail-on", "none"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(f"{place}: {done.stderr.strip()}")
        for file in json.loads(done.stdout)["files"]:
            hits = [(hit["rule"], hit["severity"], hit["persona"]) for hit in file["findings"]]
            found[str(place / file["path"])].extend(hits)
    return found


def checkov(folder):
    """The same of checkov; its findings have no usable severity."""
    out = subprocess.run(
        ["checkov", "-d", str(folder), "-o", "json", "--quiet", "--compact"], capture_output=True, text=True, check=False
    ).stdout
    found = collections.defaultdict(list)
    reports = json.loads(out or "[]")
    for report in reports if isinstance(reports, list) else [reports]:
        for check in report.get("results", {}).get("failed_checks", []):
            found[check["file_path"].lstrip("/")].append((check["check_id"], "medium", "developer"))
    return found


def score(name, labels, found):
    """Prints cases told apart by class, what is missed, and alarms on safe twins."""
    cases = collections.defaultdict(dict)
    for label in labels:
        cases[label["case"]][label["vulnerable"]] = label
    classes = collections.defaultdict(lambda: [0, 0])
    missed, alarms, any_finding = [], [], 0
    for case, pair in sorted(cases.items()):
        # What only an auditor asks to see does not count.
        rules = {kind: {hit[0] for hit in found[pair[kind]["path"]] if hit[2] == "developer"} for kind in pair}
        apart = bool(rules[True] - rules[False])
        row = classes[pair[True]["cls"]]
        row[0] += apart
        row[1] += 1
        if not apart:
            missed.append((case, pair[True]["why"], sorted(found[pair[True]["path"]])))
        loud = [hit for hit in found[pair[False]["path"]] if hit[2] == "developer" and LEVELS.index(hit[1]) >= 2]
        any_finding += bool(rules[False])
        if loud:
            alarms.append((case, loud))
    told = sum(row[0] for row in classes.values())
    print(f"{name}: {told} of {len(cases)} told apart; {len(alarms)} safe twins with an alarm, {any_finding} with any finding")
    for cls, (good, all_of) in sorted(classes.items()):
        print(f"  {cls:20} {good}/{all_of}")
    for case, why, hits in missed:
        print(f"  missed {case}: {why}: {hits}")
    for case, hits in alarms:
        print(f"  alarm {case}: {hits}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--redan", default="target/release/redan")
    arguments = parser.parse_args()
    labels = json.loads((arguments.folder / "labels.json").read_text())["labels"]
    score("redan", labels, redan(arguments.redan, arguments.folder, labels))
    if shutil.which("checkov"):
        score("checkov", labels, checkov(arguments.folder))


if __name__ == "__main__":
    main()
