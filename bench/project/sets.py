"""Labelled sets of code, read from a checkout that the user has: one list of labels, whatever the layout.

A label says for one file or folder whether it has a weakness, which, and at which lines if the set says so. Fragments
that come inside JSON are written to files first. Nothing of these sets is part of this repository.
"""

import csv
import json
import pathlib
import re
from dataclasses import dataclass, field

LANGUAGES = {
    ".py": "python", ".java": "java", ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".ts": "javascript",
    ".tsx": "javascript", ".go": "go", ".rs": "rust", ".c": "c", ".h": "c", ".cpp": "cpp", ".cc": "cpp", ".cs": "csharp",
    ".php": "php", ".tf": "infrastructure", ".yaml": "infrastructure", ".yml": "infrastructure", ".json": "infrastructure",
}
SUFFIXES = {"python": ".py", "java": ".java", "javascript": ".js", "typescript": ".ts", "go": ".go", "rust": ".rs", "c": ".c", "cpp": ".cpp", "csharp": ".cs", "php": ".php"}


@dataclass
class Label:
    path: str  # a file or folder, relative to the scanned folder
    cwe: int | None
    vulnerable: bool
    language: str
    case: str = ""  # labels of one case are compared with each other
    lines: list[int] = field(default_factory=list)


def number(text):
    """The number in `CWE-022` or `22`; None if there is none."""
    found = re.search(r"\d+", str(text or ""))
    return int(found.group()) if found else None


def language_of(place):
    """The language of a file, or of the first source file in a folder."""
    files = [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())
    return next((LANGUAGES[file.suffix] for file in files if file.suffix in LANGUAGES), "other")


def load(folder, work):
    """(name, scanned folder, labels) of a checkout; `work` is an empty folder for fragments."""
    for name, reader in READERS:
        found = reader(folder, work)
        if found:
            scanned, labels = found
            return name, scanned, labels
    raise SystemExit(f"error: `{folder}` is none of: {', '.join(name for name, _ in READERS)}")


def owasp(folder, _work):
    """OWASP Benchmark: `expectedresults-VERSION.csv` with name, category, real vulnerability, cwe."""
    tables = sorted(folder.glob("expectedresults-*.csv"), key=lambda path: [int(n) for n in re.findall(r"\d+", path.name)])
    if not tables:
        return None
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".java") and path.is_file():
            files.setdefault(path.stem, path)
    labels = []
    with tables[-1].open(newline="", encoding="utf-8-sig") as table:
        for row in csv.reader(table):
            row = [cell.strip() for cell in row]
            if len(row) < 4 or row[0].startswith("#") or row[0] not in files:
                continue
            path = files[row[0]]
            labels.append(Label(path.relative_to(folder).as_posix(), number(row[3]), row[2].lower() == "true", LANGUAGES[path.suffix], row[0]))
    return folder, labels


def cyberseceval(folder, work):
    """CyberSecEval: `instruct.json` and `autocomplete.json`, a fragment and its insecure line in each record."""
    sources = [path for name in ("instruct.json", "autocomplete.json") for path in sorted(folder.rglob(name))]
    labels = []
    for source in sources:
        records = json.loads(source.read_text(encoding="utf-8"))
        if not isinstance(records, list) or not records or "origin_code" not in records[0]:
            continue
        for index, record in enumerate(records):
            language = str(record.get("language", "")).lower()
            text = record["origin_code"]
            name = f"{source.stem}/{language}/{index:04}{SUFFIXES.get(language, '.txt')}"
            write(work / name, text)
            lines = lines_of(text, record.get("line_text", ""))
            labels.append(Label(name, number(record.get("cwe_identifier")), True, language, name, lines))
    return (work, labels) if labels else None


def lines_of(text, wanted):
    """Numbers of the lines that are `wanted` but for blanks around it, or else hold its first line."""
    rows = [row.strip() for row in text.splitlines()]
    wanted = next((row.strip() for row in wanted.splitlines() if row.strip()), "")
    if not wanted:
        return []
    return [at for at, row in enumerate(rows, 1) if row == wanted] or [at for at, row in enumerate(rows, 1) if wanted in row]


def securityeval(folder, work):
    """SecurityEval: `dataset.jsonl` with `ID` (the CWE is its start) and `Insecure_code`."""
    source = folder / "dataset.jsonl"
    if not source.is_file():
        return None
    labels = []
    for line in source.read_text(encoding="utf-8").splitlines():
        record = json.loads(line) if line.strip() else {}
        if "Insecure_code" not in record:
            continue
        name = re.sub(r"[^\w.-]", "_", record["ID"])
        write(work / name, record["Insecure_code"])
        labels.append(Label(name, number(record["ID"]), True, "python", name))
    return (work, labels) if labels else None


TASK = re.compile(r"^(?P<case>cwe_(?P<cwe>\d+)_.*?)_(?P<kind>task|unsafe)$")


def cweval(folder, _work):
    """CWEval: `cwe_NUMBER_…_task` (the secure reference) and `…_unsafe` beside each other, by language."""
    labels = []
    for path in sorted(folder.rglob("cwe_*")):
        found = TASK.match(path.stem)
        if found and path.is_file() and path.suffix in LANGUAGES:
            place = path.relative_to(folder)
            case = f"{place.parent.as_posix()}/{found['case']}"
            labels.append(Label(place.as_posix(), int(found["cwe"]), found["kind"] == "unsafe", LANGUAGES[path.suffix], case))
    return (folder, labels) if labels else None


def simple(folder, _work):
    """Ours: `labels.json`, or a folder for each case with `vuln/` and `safe/` in it and `cwe-N` in its name."""
    source = folder / "labels.json"
    if source.is_file():
        labels = []
        for row in json.loads(source.read_text())["labels"]:
            language = row.get("language") or language_of(folder / row["path"])
            labels.append(Label(row["path"], number(row.get("cwe")), row["vulnerable"], language, row.get("case", row["path"]), row.get("lines", [])))
        return folder, labels
    labels = []
    for kind in ("vuln", "safe"):
        for place in sorted(path for path in folder.rglob(kind) if path.is_dir()):
            case = place.parent.relative_to(folder).as_posix()
            wanted = re.search(r"cwe[-_]?(\d+)", case, re.IGNORECASE)
            labels.append(Label(f"{case}/{kind}", int(wanted[1]) if wanted else None, kind == "vuln", language_of(place), case))
    return (folder, labels) if labels else None


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="replace")


READERS = [("OWASP Benchmark", owasp), ("CyberSecEval", cyberseceval), ("SecurityEval", securityeval), ("CWEval", cweval), ("labelled folder", simple)]
