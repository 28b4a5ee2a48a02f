"""Agents and their tools by what their code does: recall and false alarms over labelled projects.

    python3 bench/project/agent_tools.py FOLDER [--redan target/release/redan] [--quiet]

FOLDER holds one folder a project and `labels.tsv`: folder, label, why. Labels are `trifecta`, `destroys`, `says-less`
and `honest`; an honest project with any of the three findings is a false alarm.
"""

import argparse
import csv
import pathlib

from agents import findings

LABELS = {
    "agent-lethal-trifecta": "trifecta",
    "tool-destroys-unasked": "destroys",
    "tool-does-more-than-said": "says-less",
}


def found(redan: str, project: pathlib.Path) -> dict[str, str]:
    """Label and message of what a scan finds in one project."""
    judged = (finding for finding in findings(redan, project) if finding["rule"] in LABELS)
    return {LABELS[finding["rule"]]: finding["message"] for finding in judged}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--redan", default="target/release/redan")
    parser.add_argument("--quiet", action="store_true", help="only the figures")
    args = parser.parse_args()
    with open(args.folder / "labels.tsv", encoding="utf-8") as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t") if row]
    figures: dict[str, list[bool]] = {}
    for name, label, *why in sorted(rows):
        seen = found(args.redan, args.folder / name)
        flagged = bool(seen) if label == "honest" else label in seen
        figures.setdefault(label, []).append(flagged)
        if not args.quiet and flagged == (label == "honest"):
            print(f"{name}: {label} ({' '.join(why)}): {seen or 'nothing'}")
    for label, flagged in sorted(figures.items()):
        word = "flagged" if label == "honest" else "found"
        print(f"{label}: {sum(flagged)} of {len(flagged)} {word}")


if __name__ == "__main__":
    main()
