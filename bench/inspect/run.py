#!/usr/bin/env python3
"""Compares `redan inspect` with Presidio, detect-secrets and LLM Guard's model-free scanners, in one run.

Prints Markdown tables: personal data by entity, credentials by kind, injection by source, hidden text, links, and what
each tool costs. `--data` is a folder with `pii/*.jsonl` (records with spans) and `text/*.jsonl` (records with
label and source); `--benign` are folders of ordinary documents and code, cut into chunks.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import links  # noqa: E402
import peers  # noqa: E402
import samples  # noqa: E402
import score  # noqa: E402
from score import percent  # noqa: E402

CHUNK = 1500


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--redan", type=Path, required=True, help="the redan binary")
    parser.add_argument("--data", type=Path, help="folder of labelled texts")
    parser.add_argument("--benign", type=Path, nargs="*", default=[], help="folders of ordinary documents and code")
    parser.add_argument("--venv", type=Path, default=Path("peer-venvs"), help="folder of the peers' environments (default: %(default)s)")
    parser.add_argument("--only", default="personal,secrets,injection,hidden,links,cost", help="which parts (default: %(default)s)")
    parser.add_argument("--peers", default="presidio,detect-secrets,llm-guard", help="which peers; empty for none (default: %(default)s)")
    parser.add_argument("--model", default="", help="a spaCy model installed beside Presidio (default: none)")
    parser.add_argument("--list", action="store_true", help="also list each miss and false alarm of redan")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    for part in args.only.split(","):
        PARTS[part](args)
    return 0


def wanted(args: argparse.Namespace, *tools: str) -> list[str]:
    return ["redan", *[tool for tool in tools if tool in args.peers.split(",")]]


def load(folder: Path, pattern: str) -> list[dict]:
    records = []
    for path in sorted(folder.glob(pattern)):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line:
                continue
            records.append({"id": f"{path.stem}:{number}", "set": path.stem.split(".")[0], **json.loads(line)})
    return records


def chunks(folders: list[Path], limit: int = 4000) -> list[dict]:
    """Ordinary texts, at most `limit`, the same ones each time."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".md", ".rst", ".txt", ".py", ".rs", ".js", ".ts", ".json", ".toml", ".yaml", ".yml", ".html"} and path.is_file():
                text = path.read_bytes()[: 20 * CHUNK].decode("utf-8", errors="replace")
                found += [{"id": f"{path}#{at}", "text": text[at : at + CHUNK], "label": 0} for at in range(0, len(text), CHUNK)]
    random.Random(1).shuffle(found)
    return found[:limit]


def personal(args: argparse.Namespace) -> None:
    records = load(args.data, "pii/*.jsonl") + samples.iban_records()
    tools = wanted(args, "presidio")
    results = {tool: peers.run(tool, records, args.redan, args.venv, extra=args.model if tool == "presidio" else "") for tool in tools}
    print(f"\n## Personal data ({len(records)} records)\n")
    print("| entity | spans | " + " | ".join(f"{tool} recall | {tool} precision" for tool in tools) + " |")
    print("|---|---|" + "---|---|" * len(tools))
    for gold in score.ENTITIES:
        counts = {tool: score.entity(gold, records, results[tool].detections) for tool in tools}
        spans = counts["redan"].hit + counts["redan"].missed
        if spans:
            cells = " | ".join(f"{percent(count.recall)} | {percent(count.precision)}" for count in counts.values())
            print(f"| {gold} | {spans} | {cells} |")
        if args.list and spans:
            misses(gold, records, results["redan"].detections)
    costs(records, results)


def misses(gold: str, records: list[dict], found: dict[str, list[dict]]) -> None:
    for record in records:
        spans = [(s, e) for s, e, label in record.get("spans", []) if label == gold]
        mine = [score.span_of(d) for d in found.get(str(record["id"]), []) if d["kind"] in score.ENTITIES[gold]]
        for span in spans:
            if not any(score.overlaps(span, other) for other in mine):
                print(f"  missed {gold}: {record['text'][span[0]:span[1]]!r} in {record['text'][:160]!r}", file=sys.stderr)
        for other in mine:
            if not any(score.overlaps(span, other) for span in spans):
                print(f"  wrong {gold}: {record['text'][other[0]:other[1]]!r} in {record['text'][:160]!r}", file=sys.stderr)


def secrets(args: argparse.Namespace) -> None:
    records = samples.secret_records()
    tools = wanted(args, "detect-secrets", "llm-guard")
    results = {tool: peers.run(tool, records, args.redan, args.venv, extra="secrets") for tool in tools}
    print(f"\n## Credentials ({len(records)} samples of `samples.py`)\n")
    print("| kind | " + " | ".join(tools) + " |\n|---|" + "---|" * len(tools))
    by_kind = defaultdict(list)
    for record in records:
        by_kind[record["label"], record["kind"]].append(record)
    flagged = {tool: secret_ids(result) for tool, result in results.items()}
    for (label, kind), members in sorted(by_kind.items(), key=lambda item: (-item[0][0], item[0][1])):
        cells = [f"{sum(str(r['id']) in flagged[tool] for r in members)}/{len(members)}" for tool in tools]
        print(f"| {kind}{'' if label else ' (none)'} | {' | '.join(cells)} |")
        if args.list:
            for record in members:
                if (str(record["id"]) in flagged["redan"]) != bool(label):
                    print(f"  {'missed' if label else 'wrong'} {kind}: {record['text']!r}", file=sys.stderr)
    totals = {tool: score.binary(records, flagged[tool]) for tool in tools}
    print("| **recall / precision** | " + " | ".join(f"{percent(c.recall)} / {percent(c.precision)}" for c in totals.values()) + " |")
    benign = chunks(args.benign) + samples.hashes(random.Random(2))
    found = {tool: secret_ids(peers.run(tool, benign, args.redan, args.venv, extra="secrets")) for tool in tools}
    print(f"| alarms in {len(benign)} ordinary chunks | " + " | ".join(str(len(found[tool])) for tool in tools) + " |")
    if args.list:
        for record in benign:
            if str(record["id"]) in found["redan"]:
                print(f"  alarm {record['id']}", file=sys.stderr)
    costs(records, results)


def secret_ids(result: peers.Result) -> set[str]:
    return {
        name
        for name, detections in result.detections.items()
        if any(detection.get("category", "secret") == "secret" for detection in detections)
    }


def injection(args: argparse.Namespace) -> None:
    print("\n## Injection, by source\n")
    print("Flagged: verdict `suspicious` or `attack`. These sources were trained on in part; for unseen ones see the")
    print("leave-one-source-out table of `cargo dev train --evaluate`.\n")
    print("| source | texts | flagged as user | flagged as document | abstained |\n|---|---|---|---|---|")
    records = load(args.data, "text/*.jsonl")
    results = {channel: peers.run("redan", records, args.redan, args.venv, channel) for channel in ("user", "document")}
    groups = defaultdict(list)
    for record in records:
        groups[record["set"], record["label"]].append(str(record["id"]))
    verdict = lambda channel, name: results[channel].records[name]["injection"]["verdict"]  # noqa: E731
    for (name, label), ids in sorted(groups.items(), key=lambda item: (-item[0][1], item[0][0])):
        flagged = [sum(verdict(channel, one) in ("suspicious", "attack") for one in ids) / len(ids) for channel in results]
        abstained = sum(verdict("user", one) == "abstain" for one in ids) / len(ids)
        what = "attacks" if label else "harmless"
        print(f"| {name} ({what}) | {len(ids)} | {percent(flagged[0])} | {percent(flagged[1])} | {percent(abstained)} |")
    benign = chunks(args.benign)
    if benign:
        result = peers.run("redan", benign, args.redan, args.venv, "document")
        flagged = [name for name, record in result.records.items() if record["injection"]["verdict"] in ("suspicious", "attack")]
        print(f"| ordinary documents and code (harmless) | {len(benign)} | – | {percent(len(flagged) / len(benign))} | – |")
        if args.list:
            for name in flagged:
                print(f"  alarm {name}: {result.records[name]['injection']}", file=sys.stderr)
    costs(records, {"redan": results["user"]})


def hidden(args: argparse.Namespace) -> None:
    records = samples.hidden_records()
    tools = wanted(args, "llm-guard")
    flagged = {}
    for tool in tools:
        result = peers.run(tool, records, args.redan, args.venv, "document", extra="invisible")
        wanted_categories = ("hidden", "output", "injection")
        flagged[tool] = {
            name for name, found in result.detections.items() if any(d.get("category", "hidden") in wanted_categories for d in found)
        }
    print(f"\n## Hidden text ({len(records)} samples of `samples.py`)\n")
    print("| text | " + " | ".join(tools) + " |\n|---|" + "---|" * len(tools))
    for record in records:
        cells = " | ".join("found" if str(record["id"]) in flagged[tool] else "–" for tool in tools)
        print(f"| {record['kind']}{'' if record['label'] else ' (honest)'} | {cells} |")


def exfiltration(args: argparse.Namespace) -> None:
    records = links.records()
    result = peers.run("redan", records, args.redan, args.venv, "output")
    flagged = {name for name, found in result.detections.items() if any(d["category"] == "exfiltration" for d in found)}
    groups = defaultdict(list)
    for record in records:
        groups[record["label"], record["kind"]].append(record["id"])
        if args.list and (record["id"] in flagged) != bool(record["label"]):
            print(f"  {'missed' if record['label'] else 'wrong'}: {record['text']!r}", file=sys.stderr)
    print(f"\n## Links that carry data away ({len(records)} samples of `links.py`)\n")
    print("| form | texts | flagged |\n|---|---|---|")
    for (label, kind), names in sorted(groups.items(), key=lambda item: (-item[0][0], item[0][1])):
        print(f"| {kind}{'' if label else ' (honest)'} | {len(names)} | {sum(name in flagged for name in names)} |")
    count = score.binary(records, flagged)
    print(f"| **recall / precision** | {len(records)} | {percent(count.recall)} / {percent(count.precision)} |")


# A run of Redan takes a fraction of a second, one of a peer half a minute: one alone would measure what the machine
# did in that moment.
RUNS = 5


def cost(args: argparse.Namespace) -> None:
    texts = chunks(args.benign, 2000) or load(args.data, "text/*.jsonl")
    tools = wanted(args, "presidio", "detect-secrets", "llm-guard")
    results: dict[str, peers.Result] = {}
    mine: list[peers.Result] = []
    for tool in tools:
        if tool != "redan":
            results[tool] = peers.run(tool, texts, args.redan, args.venv, extra="secrets" if tool == "llm-guard" else "")
        mine += [peers.run("redan", texts, args.redan, args.venv) for _ in range(RUNS)]
    mine.sort(key=lambda result: result.cpu)
    print("\n## Cost on ordinary texts\n")
    costs(texts, {"redan": mine[len(mine) // 2], **results})
    print(f"\nredan: the median of {len(mine)} runs before, between and after the others, {mine[0].cpu:.2f} to {mine[-1].cpu:.2f} s.")


def costs(records: list[dict], results: dict[str, peers.Result]) -> None:
    """CPU of the whole process, start included."""
    size = sum(len(record["text"].encode()) for record in records) / 1024
    mine = results["redan"].cpu
    print("\n| tool | CPU s | CPU µs per KB | peak MB | CPU against redan |\n|---|---|---|---|---|")
    for tool, result in results.items():
        print(f"| {tool} | {result.cpu:.2f} | {1e6 * result.cpu / size:.0f} | {result.peak_mb:.0f} | {result.cpu / mine:.0f}x |")
    print(f"\nover {size:.0f} KB in {len(records)} texts.")


PARTS = {"personal": personal, "secrets": secrets, "injection": injection, "hidden": hidden, "links": exfiltration, "cost": cost}

if __name__ == "__main__":
    sys.exit(main())
