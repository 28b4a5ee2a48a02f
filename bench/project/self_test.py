"""Checks of `code.py`'s own parts, with small sets made here: `python3 bench/project/code.py --self-test`."""

import json
import pathlib
import tempfile

import sets
import tools
from sets import Label
from tools import Finding
from weaknesses import RELATED, matches

import code as bench


def owasp(folder):
    (folder / "testcode").mkdir()
    for name in ("Case001", "Case002", "Case003"):
        (folder / "testcode" / f"{name}.py").write_text("pass\n")
    (folder / "expectedresults-0.1.csv").write_text("Case001,hash,true,328\n")
    (folder / "expectedresults-1.2.csv").write_text("# test name, category, real vulnerability, cwe\nCase001,sqli,true,89\nCase002,sqli, false ,89\nCase009,x,true,1\n")
    name, scanned, labels = sets.load(folder, folder / "work")
    assert (name, scanned) == ("OWASP Benchmark", folder)
    assert labels == [Label("testcode/Case001.py", 89, True, "python", "Case001"), Label("testcode/Case002.py", 89, False, "python", "Case002")]


def cyberseceval(folder):
    work = folder / "work"
    work.mkdir()
    (folder / "instruct").mkdir()
    records = [
        {"origin_code": "import os\n\nos.system(x)\n", "line_text": "    os.system(x)", "cwe_identifier": "CWE-78", "language": "python"},
        {"origin_code": "int main() { gets(b); }", "line_text": "gets(b)", "cwe_identifier": "CWE-242", "language": "c"},
    ]
    (folder / "instruct" / "instruct.json").write_text(json.dumps(records))
    name, scanned, labels = sets.load(folder, work)
    assert (name, scanned) == ("CyberSecEval", work)
    assert [(label.cwe, label.language, label.lines) for label in labels] == [(78, "python", [3]), (242, "c", [1])]
    assert (work / labels[0].path).read_text() == records[0]["origin_code"]


def securityeval(folder):
    work = folder / "work"
    record = {"ID": "CWE-020_author_1.py", "Prompt": "", "Insecure_code": "x = 1\n"}
    (folder / "dataset.jsonl").write_text(json.dumps(record) + "\n\n")
    name, _, labels = sets.load(folder, work)
    assert name == "SecurityEval" and labels == [Label("CWE-020_author_1.py", 20, True, "python", "CWE-020_author_1.py")]


def cweval(folder):
    core = folder / "core"
    for language, suffix in (("py", "py"), ("js", "js")):
        (core / language).mkdir(parents=True)
        middle = "" if language == "py" else f"_{language}"
        for kind in ("task", "unsafe", "test"):
            (core / language / f"cwe_022_0{middle}_{kind}.{suffix}").write_text("x\n")
    name, _, labels = sets.load(folder, folder / "work")
    assert name == "CWEval" and len(labels) == 4
    assert [(label.language, label.vulnerable) for label in labels] == [("javascript", False), ("javascript", True), ("python", False), ("python", True)]
    assert len({label.case for label in labels}) == 2


def simple(folder):
    for kind in ("vuln", "safe"):
        (folder / "cwe-78-ping" / kind).mkdir(parents=True)
        (folder / "cwe-78-ping" / kind / "main.go").write_text("package main\n")
    name, _, labels = sets.load(folder, folder / "work")
    assert name == "labelled folder"
    assert labels == [Label("cwe-78-ping/vuln", 78, True, "go", "cwe-78-ping"), Label("cwe-78-ping/safe", 78, False, "go", "cwe-78-ping")]
    rows = [{"path": "cwe-78-ping/vuln", "vulnerable": True, "case": "a", "cwe": "CWE-78"}, {"path": "cwe-78-ping/safe/main.go", "vulnerable": False, "case": "a"}]
    (folder / "labels.json").write_text(json.dumps({"labels": rows}))
    _, _, labels = sets.load(folder, folder / "work")
    assert [(label.cwe, label.language) for label in labels] == [(78, "go"), (None, "go")]


def weaknesses(_folder):
    assert matches([78], 78) and matches([77], 78) and matches([20, 23], 22)
    assert not matches([79], 78) and not matches([], 78)
    assert matches([], None), "a label without a weakness takes any finding"
    # Sets that share a member are not joined: 943 is over SQL and over LDAP.
    assert not matches([89], 90)
    assert all(len(group) > 1 and reason for group, reason in RELATED)


def scores(_folder):
    labels = [
        Label("a/vuln", 78, True, "python", "a"), Label("a/safe", 78, False, "python", "a"),
        Label("b/vuln", 78, True, "python", "b"), Label("b/safe", 78, False, "python", "b"),
        Label("c/vuln", 89, True, "python", "c"), Label("c/safe", 89, False, "python", "c"),
    ]  # fmt: skip
    hits = [("a/vuln/x.py", 78), ("b/vuln/x.py", 77), ("b/safe/x.py", 78), ("c/vuln/x.py", 78), ("a/vulnerable.py", 78)]
    index = bench.Index([Finding(file, 1, 1, [cwe], "r") for file, cwe in hits])
    recall, false, youden = bench.rates(labels, index)
    assert (round(recall, 3), round(false, 3), round(youden, 3)) == (0.667, 0.333, 0.333)
    assert bench.mean_youden(labels, index) == 0.25, "0.5 of CWE-78, 0 of CWE-89"
    assert bench.pairs(labels, index) == (1, 3)
    assert bench.rates(labels[:1], index) == (1.0, None, None)


def lines(_folder):
    label = Label("f.py", 78, True, "python", "f", [4])
    index = bench.Index([Finding("f.py", 2, 3, [78], "r")])
    assert not index.on_line(label) and index.on_line(label, 1)
    assert bench.Index([Finding("f.py", 2, 6, [], "r")]).on_line(label)


def peers(folder):
    bandit = {"results": [{"filename": "./a.py", "test_id": "B506", "issue_cwe": {"id": 20}, "line_number": 3, "line_range": [3, 4]}]}
    assert list(tools.Bandit().read(bandit, folder)) == [Finding("a.py", 3, 4, [20, 502], "B506")]
    place = str(folder / "b" / "a.py")
    ruff = [{"filename": place, "code": "S605", "location": {"row": 7}, "end_location": {"row": 7}}, {"filename": place, "code": None, "location": {"row": 1}, "end_location": {"row": 1}}]
    assert [(hit.file, hit.cwes) for hit in tools.Ruff().read(ruff, folder)] == [("b/a.py", [78])]
    assert tools.Ruff().refused(ruff, folder) == {"b/a.py"}
    semgrep = {"results": [{"path": "a.py", "start": {"line": 1}, "end": {"line": 2}, "check_id": "x", "extra": {"metadata": {"cwe": ["CWE-79: Cross", "CWE-80: y"]}}}]}
    assert list(tools.Semgrep(folder).read(semgrep, folder)) == [Finding("a.py", 1, 2, [79, 80], "x")]
    secrets = {"results": {"a.py": [{"line_number": 5, "type": "Secret Keyword"}]}}
    assert list(tools.DetectSecrets().read(secrets, folder)) == [Finding("a.py", 5, 5, [798], "Secret Keyword")]
    checkov = [{"results": {"failed_checks": [{"file_path": "/a.tf", "check_id": "CKV_AWS_1", "file_line_range": [1, 9]}]}}, {"passed": 0}]
    assert list(tools.Checkov().read(checkov, folder)) == [Finding("a.tf", 1, 9, [], "CKV_AWS_1")]


def main():
    checks = [owasp, cyberseceval, securityeval, cweval, simple, weaknesses, scores, lines, peers]
    for check in checks:
        with tempfile.TemporaryDirectory() as folder:
            check(pathlib.Path(folder).resolve())
    print(f"{len(checks)} checks passed")
    return 0
