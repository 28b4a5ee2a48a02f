#!/usr/bin/env python3
"""Redan against bandit, semgrep, ruff, checkov and detect-secrets on labelled code.

    python3 bench/project/code.py FOLDER... --redan target/release/redan --venv DIR [--semgrep-rules RULES]

Each FOLDER is a checkout that the user has: OWASP BenchmarkPython or BenchmarkJava, CyberSecEval's `datasets`,
SecurityEval, CWEval, or a labelled folder of one's own (`labels.json`, or cases with `vuln/` and `safe/`). Each tool
runs once over it. Printed are Markdown tables: recall, false positive rate and Youden index (their difference), pooled
and as the mean over weaknesses; recall by line where lines are labelled; pairs told apart; CPU seconds and peak memory.

The peers are installed from the package index into environments below DIR. semgrep needs a folder of rules, which the
user fetches; without it semgrep is left out.
"""

import argparse
import collections
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import sets  # noqa: E402
import tools  # noqa: E402
from weaknesses import matches  # noqa: E402

PEERS = {"bandit": tools.Bandit, "ruff": tools.Ruff, "detect-secrets": tools.DetectSecrets, "checkov": tools.Checkov}


class Index:
    """The findings of one tool, by file."""

    def __init__(self, findings):
        self.by_file = collections.defaultdict(list)
        for finding in findings:
            self.by_file[finding.file].append(finding)
        self.files = sorted(self.by_file)

    def at(self, label):
        """Those in the file or below the folder of a label."""
        if label.path in self.by_file:
            return self.by_file[label.path]
        inside = label.path + "/"
        return [hit for file in self.files if file.startswith(inside) for hit in self.by_file[file]]

    def meant(self, label):
        """Those of them that mean the label's weakness."""
        return [hit for hit in self.at(label) if matches(hit.cwes, label.cwe)]

    def on_line(self, label, slack=0):
        """Whether some finding, of whatever weakness, touches a labelled line."""
        return any(hit.first - slack <= line <= hit.last + slack for hit in self.at(label) for line in label.lines)


def rates(labels, index):
    """(recall, false positive rate, Youden) over labels; None for what they cannot say."""
    hits = {True: 0, False: 0}
    totals = {True: 0, False: 0}
    for label in labels:
        totals[label.vulnerable] += 1
        hits[label.vulnerable] += bool(index.meant(label))
    recall = hits[True] / totals[True] if totals[True] else None
    false = hits[False] / totals[False] if totals[False] else None
    return recall, false, recall - false if None not in (recall, false) else None


def by_cwe(labels):
    groups = collections.defaultdict(list)
    for label in labels:
        groups[label.cwe or 0].append(label)
    return dict(sorted(groups.items()))


def mean_youden(labels, index):
    """The mean over weaknesses that have both kinds of label."""
    values = [value for group in by_cwe(labels).values() if (value := rates(group, index)[2]) is not None]
    return sum(values) / len(values) if values else None


def pairs(labels, index):
    """(told apart, all): cases with both kinds, found in each vulnerable and in no safe label of it."""
    cases = collections.defaultdict(lambda: {True: [], False: []})
    for label in labels:
        cases[label.case][label.vulnerable].append(label)
    both = [case for case in cases.values() if case[True] and case[False]]
    apart = [case for case in both if all(map(index.meant, case[True])) and not any(map(index.meant, case[False]))]
    return len(apart), len(both)


def text(value):
    return "–" if value is None else f"{value:.2f}"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def head(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def report(labels, results, per_cwe):
    """All tables of one set."""
    languages = sorted({label.language for label in labels})
    print("\n### Overall\n")
    head("language", "tool", "labels", "recall", "false positive rate", "Youden pooled", "Youden mean over CWE")
    silent = set()
    for language in languages + (["all"] if len(languages) > 1 else []):
        chosen = [label for label in labels if language in ("all", label.language)]
        for tool, (result, index) in results.items():
            if not isinstance(tool, tools.Redan):
                if not any(map(index.meant, labels)):
                    silent.add(tool.name)
                    continue
                if language not in tool.languages | {"all"}:
                    continue
            recall, false, youden = rates(chosen, index)
            row(language, tool.name, len(chosen), text(recall), text(false), text(youden), text(mean_youden(chosen, index)))
    if silent:
        print(f"\nWithout a finding for any label: {', '.join(sorted(silent))}.")
    with_lines = [label for label in labels if label.vulnerable and label.lines]
    if with_lines:
        print("\n### By line\n")
        head("language", "tool", "fragments", "on the line", "within one line", "the file, that weakness", "the file, anything")
        for language in languages + (["all"] if len(languages) > 1 else []):
            chosen = [label for label in with_lines if language in ("all", label.language)]
            for tool, (result, index) in results.items():
                if chosen and tool.name not in silent and (language == "all" or language in tool.languages or isinstance(tool, tools.Redan)):
                    parts = [sum(map(test, chosen)) / len(chosen) for test in (index.on_line, lambda l: index.on_line(l, 1), lambda l: bool(index.meant(l)), lambda l: bool(index.at(l)))]
                    row(language, tool.name, len(chosen), *map(text, parts))
    if pairs(labels, Index([]))[1]:
        print("\n### Pairs told apart\n")
        head("language", *[tool.name for tool in results])
        for language in languages:
            chosen = [label for label in labels if label.language == language]
            row(language, *["{}/{}".format(*pairs(chosen, index)) for _, index in results.values()])
    if per_cwe:
        print("\n### By weakness (recall / false positive rate)\n")
        head("CWE", "labels", *[tool.name for tool in results])
        for cwe, group in by_cwe(labels).items():
            cells = [rates(group, index) for _, index in results.values()]
            row(cwe or "any", len(group), *[f"{text(cell[0])} / {text(cell[1])}" for cell in cells])
    print("\n### Cost\n")
    head("tool", "version", "CPU s", "peak MB", "findings", "note")
    for tool, (result, _) in results.items():
        note = result.note
        refused = [label for label in labels if label.language in tool.languages and refuses(result, label)]
        if refused:
            note = f"{len(refused)} labels with files that were not read" + (f"; {note}" if note else "")
        row(tool.name, tool.version, f"{result.cpu:.2f}", f"{result.peak:.0f}", len(result.findings), note)


def refuses(result, label):
    return label.path in result.unread or any(file.startswith(label.path + "/") for file in result.unread)


def wrong(labels, results):
    """Misses and false alarms of redan, for those who work on it."""
    for tool, (_, index) in results.items():
        if not isinstance(tool, tools.Redan):
            continue
        for label in labels:
            if label.vulnerable and label.lines and not index.on_line(label):
                found = [f"{hit.rule}:{hit.first}" for hit in index.at(label)]
                print(f"line {label.path}: expected CWE-{label.cwe} at {label.lines}, got {found}")
            elif bool(index.meant(label)) != label.vulnerable:
                found = sorted({f"{hit.rule}:{hit.first}" for hit in index.at(label)})
                print(f"{'missed' if label.vulnerable else 'alarm'} {label.path}: CWE-{label.cwe}, got {found}")


def chosen_tools(args):
    found = [tools.Redan(args.redan, args.min_severity)] if args.redan else []
    wanted = [name for name in args.peers.split(",") if name]
    if not args.venv:
        wanted = []
        print("peers are left out: no --venv", file=sys.stderr)
    for name in wanted:
        if name == "semgrep":
            if not args.semgrep_rules:
                print("semgrep is left out: no --semgrep-rules", file=sys.stderr)
                continue
            peer = tools.Semgrep(args.semgrep_rules)
        elif name in PEERS:
            peer = PEERS[name]()
        else:
            sys.exit(f"error: no peer `{name}`; there are: {', '.join([*PEERS, 'semgrep'])}")
        if tools.install(peer, args.venv.resolve()):
            found.append(peer)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=pathlib.Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--redan", type=pathlib.Path, help="the redan binary")
    parser.add_argument("--min-severity", choices=tools.SEVERITIES, default="low", help="redan's findings from here (default: %(default)s)")
    parser.add_argument("--venv", type=pathlib.Path, help="folder for the peers' environments, outside the tree")
    parser.add_argument("--peers", default=",".join([*PEERS, "semgrep"]), help="comma-separated (default: %(default)s)")
    parser.add_argument("--semgrep-rules", type=pathlib.Path, help="folder of semgrep rules")
    parser.add_argument("--per-cwe", action="store_true", help="also a row for each weakness")
    parser.add_argument("--list", action="store_true", help="also redan's misses and false alarms")
    parser.add_argument("--self-test", action="store_true", help="check this program")
    args = parser.parse_args()
    if args.self_test:
        import self_test

        return self_test.main()
    if not args.folders:
        parser.error("give a FOLDER")
    used = chosen_tools(args)
    for folder in args.folders:
        with tempfile.TemporaryDirectory(prefix="redan-bench-") as work:
            name, scanned, labels = sets.load(folder.resolve(), pathlib.Path(work).resolve())
            good = sum(not label.vulnerable for label in labels)
            print(f"\n## {folder.name}: {name}, {len(labels)} labels, {good} of them safe", flush=True)
            results = {}
            for tool in used:
                print(f"{tool.name} …", file=sys.stderr, flush=True)
                result = tool.run(scanned) if isinstance(tool, tools.Redan) else tools.run_peer(tool, scanned)
                results[tool] = (result, Index(result.findings))
            report(labels, results, args.per_cwe)
            if args.list:
                print()
                wrong(labels, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
