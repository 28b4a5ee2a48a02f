#!/usr/bin/env python3
"""What `redan inspect` takes for texts made to be slow: CPU and peak memory by kind and size.

    python3 bench/inspect/hostile.py --redan target/release/redan --sizes 64,256,1024

Sizes are in MB. Files are written to a temporary folder, one at a time. Linear time shows as the same seconds per
100 MB down a column, constant memory as the same peak. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

MB = 1 << 20
UNITS = {
    "one line of letters": b"a" * 4096,
    "one line of words": b"ignore all the previous words " * 136,
    "nested brackets": b"[" * 2048 + b"{(<" * 682,
    "Markdown openings": b"![[a](" * 682,
    "begun keys": b"sk-ant-api03-AKIAghp_xoxb-" * 157,
    "valid candidates": b"4111 1111 1111 1111 a@b.example.org 192.168.0.1 " * 85,
    "digits": b"1234567890" * 409,
    "base64 letters": b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 117,
    "zero-width": "a\u200bb\u200c".encode() * 512,
    "percent signs": b"%25" * 1365,
    "addresses": b"https://a.example.net/?q=" * 163,
    "lines of one byte": b"a\n" * 2048,
}


def write(path: Path, unit: bytes, size: int) -> None:
    block = unit * max(1, MB // len(unit))
    with path.open("wb") as file:
        written = 0
        while written < size:
            written += file.write(block[: size - written])


def run(redan: str, path: Path, timeout: int) -> tuple[float, float, int]:
    """CPU seconds, peak MB and exit code of one inspection."""
    with open(os.devnull, "wb") as out:
        child = subprocess.Popen(["timeout", str(timeout), redan, "inspect", str(path), "--jobs", "1", "--format", "jsonl"], stdout=out, stderr=out)
        _, status, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--redan", default="redan")
    parser.add_argument("--sizes", default="16,64", help="in MB (default: %(default)s)")
    parser.add_argument("--timeout", type=int, default=600, help="seconds a run may take")
    parser.add_argument("--only", default="", help="kinds that contain this")
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    print("| text | " + " | ".join(f"{size} MB: CPU s, s per 100 MB, peak MB" for size in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    with tempfile.TemporaryDirectory() as folder:
        for name, unit in UNITS.items():
            if args.only not in name:
                continue
            cells = []
            for size in sizes:
                path = Path(folder) / "text.txt"
                write(path, unit, size * MB)
                cpu, peak, code = run(args.redan, path, args.timeout)
                note = f" (exit {code})" if code not in (0, 1) else ""
                cells.append(f"{cpu:.1f}, {cpu * 100 / size:.2f}, {peak:.0f}{note}")
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
