"""Checks of the benchmark's own parts; needs nothing but the standard library.

Run with `python3 -m unittest discover -s bench/models`.
"""

from __future__ import annotations

import collections
import csv
import functools
import io
import json
import pickle
import pickletools
import struct
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import big
import callables
import peers
import run


def uses_of(data: bytes, name: str = "x.pkl") -> set[tuple[str, str, str]]:
    uses = callables.Uses()
    callables.walk(data, name, uses)
    return set(uses.table)


class Callables(unittest.TestCase):
    def test_ways_of_use(self) -> None:
        found = uses_of(pickle.dumps([collections.OrderedDict(a=1), len, functools.partial(int, base=2)], 2))
        self.assertIn(("collections", "OrderedDict", "REDUCE"), found)
        self.assertIn(("__builtin__", "len", "import-only"), found)
        self.assertIn(("functools", "partial", "BUILD"), found)
        self.assertNotIn(("__builtin__", "len", "REDUCE"), found)

    def test_inst_and_obj(self) -> None:
        self.assertEqual(uses_of(b"(icollections\nOrderedDict\n."), {("collections", "OrderedDict", "INST")})
        self.assertEqual(uses_of(b"(ccollections\nOrderedDict\no."), {("collections", "OrderedDict", "OBJ")})

    def test_inside_archives_and_several_streams(self) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a/data.pkl", pickle.dumps(len, 2) + pickle.dumps(max, 2))
        self.assertEqual({name for _, name, _ in uses_of(buffer.getvalue(), "x.pt")}, {"len", "max"})

    def test_broken_stream_keeps_what_came_before(self) -> None:
        data = pickle.dumps([collections.Counter(a=1)], 4)[:-1]
        stderr, sys.stderr = sys.stderr, io.StringIO()
        try:
            self.assertIn(("collections", "Counter", "REDUCE"), uses_of(data))
        finally:
            sys.stderr = stderr


class Verdicts(unittest.TestCase):
    def test_redan(self) -> None:
        def said(status: str, *severities: str) -> bytes:
            return json.dumps({"files": [{"path": "x", "format": "pickle", "status": status, "findings": [{"severity": s} for s in severities]}]}).encode()

        self.assertEqual(peers.redan_verdict(1, said("scanned", "low", "high")), ("high", False, ""))
        self.assertEqual(peers.redan_verdict(0, said("scanned")), ("none", True, ""))
        self.assertEqual(peers.redan_verdict(0, said("incomplete")), ("none", False, "incomplete"))
        self.assertEqual(peers.redan_verdict(2, b"")[1], False)

    def test_bar_of_each_tier(self) -> None:
        tool = peers.Tool("redan", Path("redan"), "1")
        medium = run.Run("medium", False, "", 0, 0, 0)
        self.assertEqual([run.hit(tool, medium, t) for t in run.TIERS], [False, True, True, True])

    def test_modelaudit(self) -> None:
        self.assertEqual(peers.modelaudit_verdict(1, b'noise {"issues": [{"severity": "info"}]}')[0], "none")
        self.assertEqual(peers.modelaudit_verdict(1, b'{"issues": [{"severity": "warning"}]}')[0], "flagged")

    def test_peers_exit_codes(self) -> None:
        tool = peers.Tool("modelscan", Path("modelscan"), "1")
        self.assertEqual([tool.verdict(c, b"")[0] for c in (0, 1, 2, 3)], ["none", "flagged", "none", "none"])


class Measuring(unittest.TestCase):
    def test_time_and_memory(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            code, output, cpu, peak, _ = peers.measured([sys.executable, "-c", "x = b'x' * (50 << 20); print(len(x)); exit(3)"], Path(folder), 30)
            self.assertEqual((code, output.strip()), (3, b"52428800"))
            self.assertGreater(peak, 45)
            self.assertGreater(cpu, 0)

    def test_timeout(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            code, *_, wall = peers.measured([sys.executable, "-c", "import time; time.sleep(30)"], Path(folder), 0.5)
            self.assertIsNone(code)
            self.assertLess(wall, 10)


class Labels(unittest.TestCase):
    def test_errors_say_which(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "a.pkl").write_bytes(b"N.")
            self.assertEqual([r["tier"] for r in run.read_labels(folder, None, None)], ["benign-fw"])
            for row, word in (("a.pkl,odd", "odd"), ("b.pkl,exec", "b.pkl")):
                with (folder / "labels.csv").open("w", newline="") as file:
                    csv.writer(file).writerows([["path", "tier"], row.split(",")])
                with self.assertRaisesRegex(ValueError, word):
                    run.read_labels(folder, None, None)


class Big(unittest.TestCase):
    def test_files_are_what_they_claim(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            made = list(big.write_all(Path(folder), 0.1).values())
            with zipfile.ZipFile(made[0]) as archive:
                self.assertIsNone(archive.testzip())
                names = uses_of(archive.read("archive/data.pkl"))
                self.assertIn(("torch._utils", "_rebuild_tensor_v2", "REDUCE"), names)
            header = made[1].read_bytes()[: 1 << 16]
            (length,) = struct.unpack("<Q", header[:8])
            ends = [t["data_offsets"][1] for t in json.loads(header[8 : 8 + length]).values() if "dtype" in t]
            self.assertEqual(made[1].stat().st_size, 8 + length + max(ends))
            with made[2].open("rb") as file:
                last = [op.name for op, _, _ in pickletools.genops(file)][-1]
            self.assertEqual(last, "STOP")
            self.assertNotIn("torch._utils", sys.modules)


if __name__ == "__main__":
    unittest.main()
