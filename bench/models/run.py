#!/usr/bin/env python3
"""Compares Redan with picklescan, fickling, modelscan and modelaudit on a labelled folder.

Installs the four peers from the package index, each into an environment of its own, runs every tool
on every file, one process a file, and prints a Markdown table: detection by tier, false alarms,
honest files that are not clean, CPU seconds and peak memory.

The labels are a CSV with the columns path, label, format, technique, why and tier. The tier is
`exec` (executes code when loaded), `policy` (should not be there, executes nothing), `benign` or
`benign-fw` (written by a real framework). Without labels every file counts as `benign-fw`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import big  # noqa: E402
import peers  # noqa: E402
from peers import SEVERITIES, Run, Tool  # noqa: E402

PEERS = ["picklescan", "picklescan-strict", "fickling", "modelscan", "modelaudit"]
TIERS = ["exec", "policy", "benign", "benign-fw"]
SMALL = 1 << 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="the labelled folder")
    parser.add_argument("--labels", type=Path, help="the labels (default: FOLDER/labels.csv)")
    parser.add_argument("--redan", type=Path, help="the redan binary (default: only the peers)")
    parser.add_argument("--peers", default=",".join(PEERS), help="which peers, comma-separated; empty for none (default: %(default)s)")
    parser.add_argument("--venv", type=Path, help="folder of the peers' environments; kept and used again (default: temporary)")
    parser.add_argument("--cache", type=Path, help="JSON with the peers' results of earlier runs; read and extended")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one file (default: %(default)s)")
    parser.add_argument("--limit", type=int, help="only this many files of each tier")
    parser.add_argument("--big", action="store_true", help="also time every tool on big files, made in a temporary folder")
    parser.add_argument("--big-scale", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="also list each miss and false alarm of redan (of every tool without --redan)")
    parser.add_argument("--output", type=Path, help="also write every single result as JSON")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if not args.folder and not args.big:
        print("error: give a folder, or --big, or both", file=sys.stderr)
        return 2
    samples: list[dict[str, str]] = []
    if args.folder:
        try:
            samples = read_labels(args.folder, args.labels, args.limit)
        except (OSError, KeyError, ValueError) as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="redan-bench-") as temporary:
        scratch = Path(temporary)
        tools = find_tools(args, (args.venv or scratch / "venvs").resolve())
        if not tools:
            print("error: no tool to run", file=sys.stderr)
            return 2
        results = {}
        if samples:
            results = run_all(tools, args.folder.resolve(), samples, scratch, args)
            print(table(tools, samples, results))
            print_costs(tools, samples, results)
        if args.big:
            print(big_table(tools, scratch, args.timeout * 5, args.big_scale))
        if args.list:
            print_list(tools, samples, results)
    if args.output:
        args.output.write_text(json.dumps({t.name: {"version": t.version, "results": {k: r.as_json() for k, r in results[t.name].items()}} for t in tools}, indent=1))
    return 0


def read_labels(folder: Path, labels: Path | None, limit: int | None) -> list[dict[str, str]]:
    """The samples, in the labels' order; every file as `benign-fw` when there are no labels."""
    if not folder.is_dir():
        raise ValueError(f"`{folder}` is no folder")
    path = labels or folder / "labels.csv"
    if labels is None and not path.exists():
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("manifest.csv", "callables.tsv"))
        found = [{"path": p.relative_to(folder).as_posix(), "tier": "benign-fw", "why": ""} for p in files]
    else:
        with path.open(newline="") as file:
            found = list(csv.DictReader(file))
    kept: list[dict[str, str]] = []
    counts = dict.fromkeys(TIERS, 0)
    for row in found:
        if row["tier"] not in TIERS:
            raise ValueError(f"`{path}`: unknown tier `{row['tier']}` of `{row['path']}`; one of {', '.join(TIERS)}")
        if not (folder / row["path"]).exists():
            raise ValueError(f"`{path}`: `{row['path']}` is not below `{folder}`")
        counts[row["tier"]] += 1
        if not limit or counts[row["tier"]] <= limit:
            kept.append(row)
    return kept


def find_tools(args: argparse.Namespace, venvs: Path) -> list[Tool]:
    tools = []
    for name in filter(None, args.peers.split(",")):
        if name not in PEERS:
            print(f"error: no peer `{name}`; there are: {', '.join(PEERS)}", file=sys.stderr)
            continue
        if tool := peers.install(name, venvs):
            tools.append(tool)
    if args.redan and (tool := peers.redan(args.redan)):
        tools.append(tool)
    return tools


def run_all(tools: list[Tool], folder: Path, samples: list[dict[str, str]], scratch: Path, args: argparse.Namespace) -> dict[str, dict[str, Run]]:
    """tool -> path -> result; the peers' come from the cache where the content is the same."""
    cache = json.loads(args.cache.read_text()) if args.cache and args.cache.exists() else {}
    results: dict[str, dict[str, Run]] = {}
    for tool in tools:
        known = cache.setdefault(f"{tool.name} {tool.version}", {}) if tool.name != "redan" else {}
        own = results.setdefault(tool.name, {})
        for number, sample in enumerate(samples, 1):
            file = folder / sample["path"]
            key = f"{sample['path']} {digest(file)}"
            if key not in known:
                known[key] = tool.scan(file, scratch, args.timeout).as_json()
                progress(f"{tool.name}: {number} of {len(samples)}")
                # A peer takes minutes: what it found so far survives an interruption.
                if args.cache and tool.name != "redan" and number % 20 == 0:
                    args.cache.write_text(json.dumps(cache))
            own[sample["path"]] = Run(**known[key])
    progress("")
    if args.cache:
        args.cache.write_text(json.dumps(cache))
    return results


def digest(path: Path) -> str:
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def hit(tool: Tool, run: Run, tier: str) -> bool:
    """Whether the tool flags the file, by the bar of the tier."""
    if tool.name != "redan":
        return run.worst == "flagged"
    bar = "high" if tier == "exec" else "medium"
    return run.worst in SEVERITIES and SEVERITIES.index(run.worst) >= SEVERITIES.index(bar)


def table(tools: list[Tool], samples: list[dict[str, str]], results: dict[str, dict[str, Run]]) -> str:
    groups = {tier: [s["path"] for s in samples if s["tier"] == tier] for tier in TIERS}
    titles = {"exec": "executes: flagged", "policy": "policy: flagged", "benign": "false alarms plain", "benign-fw": "false alarms framework"}
    shown = [tier for tier in TIERS if groups[tier]]
    lines = ["| tool | " + " | ".join(f"{titles[t]} ({len(groups[t])})" for t in shown) + " | honest: flagged or not clean | timeouts |"]
    lines.append("|---" * (len(shown) + 3) + "|")
    for tool in tools:
        runs = results[tool.name]
        cells = [share(sum(hit(tool, runs[p], tier) for p in groups[tier]), len(groups[tier])) for tier in shown]
        honest = groups["benign"] + groups["benign-fw"]
        cells.append(share(sum(not runs[p].clean for p in honest), len(honest)))
        cells.append(str(sum(r.note == "timeout" for r in runs.values())))
        lines.append(f"| {tool.name} {tool.version} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def print_costs(tools: list[Tool], samples: list[dict[str, str]], results: dict[str, dict[str, Run]]) -> None:
    """CPU and memory of a run on one file: the median, the slowest, the largest."""
    print("| tool | CPU s a file, median | CPU s, slowest | peak MB, median | peak MB, largest | slowest file |")
    print("|---|---|---|---|---|---|")
    for tool in tools:
        runs = results[tool.name]
        slowest = max(runs, key=lambda p: runs[p].cpu)
        cpu = [r.cpu for r in runs.values()]
        peak = [r.peak_mb for r in runs.values()]
        print(f"| {tool.name} | {statistics.median(cpu):.4f} | {max(cpu):.3f} | {statistics.median(peak):.0f} | {max(peak):.0f} | `{slowest}` |")
    own = next((t for t in tools if t.name == "redan"), None)
    others = [t for t in tools if t is not own]
    if own and others:
        best = min(statistics.median(r.cpu for r in results[t.name].values()) for t in others)
        mine = statistics.median(r.cpu for r in results["redan"].values())
        print(f"\nredan takes {best / max(mine, 1e-4):.0f} times less CPU than the fastest peer on the median file.")
    print()


def big_table(tools: list[Tool], scratch: Path, timeout: float, scale: float) -> str:
    """Each tool on each big file: CPU seconds, peak MB and the verdict; ratio to redan when it is there."""
    files = big.write_all(scratch, scale)
    lines = ["| tool | " + " | ".join(files) + " |", "|---" * (len(files) + 1) + "|"]
    rows = {tool.name: [tool.scan(path, scratch, timeout) for path in files.values()] for tool in tools}
    mine = rows.get("redan")
    for tool in tools:
        cells = []
        for number, run in enumerate(rows[tool.name]):
            said = run.note or ("clean" if run.clean else run.worst)
            ratio = f", {run.cpu / max(mine[number].cpu, 1e-3):.0f}x" if mine and tool.name != "redan" else ""
            cells.append(f"{run.cpu:.3f} s / {run.peak_mb:.0f} MB{ratio} ({said})")
        lines.append(f"| {tool.name} {tool.version} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def print_list(tools: list[Tool], samples: list[dict[str, str]], results: dict[str, dict[str, Run]]) -> None:
    chosen = [t for t in tools if t.name == "redan"] or tools
    for tool in chosen:
        for sample in samples:
            run = results[tool.name][sample["path"]]
            guilty = sample["tier"] in ("exec", "policy")
            if hit(tool, run, sample["tier"]) != guilty:
                print(f"{tool.name} {'missed' if guilty else 'false alarm'} {sample['tier']} {sample['path']}: {run.worst} {run.note} | {sample.get('why', '')}")


if __name__ == "__main__":
    sys.exit(main())
