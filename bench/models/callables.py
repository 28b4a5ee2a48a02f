#!/usr/bin/env python3
"""Lists the callables that honest model files use, and the way they use them.

Walks a folder of model files that real frameworks wrote, follows each pickle stream without running
it (raw, joblib with arrays in band, compressed, inside zip and tar, torch legacy) and writes a TSV
with one line for each (module, name, how): `how` is REDUCE, NEWOBJ, NEWOBJ_EX, OBJ, INST, BUILD (a
state is set on an instance of it) or import-only (passed as a value, never called). The other columns
are the number of files, examples of the arguments, one file, and the frameworks. The table of
vetted callables is checked against this list.
"""

from __future__ import annotations

import argparse
import bz2
import csv
import gzip
import io
import lzma
import pickletools
import sys
import tarfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_INNER = 256 << 20
MARK = object()


@dataclass(eq=False)
class Global:
    module: str
    name: str

    def __repr__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(eq=False)
class Made:
    """What a call would return."""

    callee: Any
    args: Any
    state: Any = None

    def __repr__(self) -> str:
        return f"{self.callee!r}(…)"


@dataclass
class Use:
    files: set[str] = field(default_factory=set)
    frameworks: set[str] = field(default_factory=set)
    examples: dict[str, None] = field(default_factory=dict)


class Uses:
    """(module, name, how) -> where."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str, str], Use] = {}
        self.file = ""
        self.framework = ""

    def note(self, what: Any, how: str, args: Any = None) -> None:
        if not isinstance(what, Global):
            if isinstance(what, Made):
                self.note(Global("(result of)", repr(what.callee)), how, args)
            return
        use = self.table.setdefault((what.module, what.name, how), Use())
        use.files.add(self.file)
        use.frameworks.add(self.framework)
        # A resolver is judged by its arguments, so that more of them are shown.
        if args is not None and len(use.examples) < (40 if what.name == "getattr" else 3):
            use.examples[brief(args)[:300]] = None


def brief(value: Any, depth: int = 4) -> str:
    """A short text for an abstract value."""
    if isinstance(value, (tuple, list)):
        if depth == 0:
            return "…"
        inner = ", ".join(brief(v, depth - 1) for v in value[:8]) + (", …" if len(value) > 8 else "")
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    if isinstance(value, dict):
        if depth == 0:
            return "{…}"
        return "{" + ", ".join(f"{brief(k, 1)}: {brief(v, depth - 1)}" for k, v in list(value.items())[:8]) + "}"
    if isinstance(value, Made):
        return repr(value)
    return repr(value)[:60]


class Machine:
    """Follows one pickle stream and notes the use of each global; nothing is ever imported or called."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.called: set[int] = set()
        self.globals: list[Global] = []

    def run(self, file: io.BytesIO) -> None:
        """Reads one stream up to its STOP; raises `ValueError` or `IndexError` where it is broken."""
        try:
            for opcode, arg, _ in pickletools.genops(file):
                self.step(opcode.name, arg, file)
        finally:
            for found in self.globals:
                if id(found) not in self.called:
                    self.uses.note(found, "import-only")

    def to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (top := self.stack.pop()) is not MARK:
            items.append(top)
        return items[::-1]

    def find(self, module: str, name: str) -> Global:
        found = Global(module, name)
        self.globals.append(found)
        return found

    def call(self, how: str, callee: Any, args: Any) -> None:
        self.called.add(id(callee))
        self.uses.note(callee, how, args)
        self.stack.append(Made(callee, args))
        if repr(callee) == "torch.storage._load_from_bytes" and isinstance(args, tuple) and args:
            inner = args[0]
            if isinstance(inner, Made) and isinstance(inner.args[0], str):  # bytes before protocol 3
                inner = inner.args[0].encode("latin1", "replace")
            if isinstance(inner, bytes):
                streams(inner, self.uses)

    def step(self, op: str, arg: Any, file: io.BytesIO) -> None:
        stack = self.stack
        if op in ("PROTO", "FRAME", "STOP"):
            return
        if op == "MARK":
            stack.append(MARK)
        elif op in ("GLOBAL", "INST"):
            module, name = arg.split(" ", 1)
            found = self.find(module, name)
            if op == "INST":
                self.call("INST", found, tuple(self.to_mark()))
            else:
                stack.append(found)
        elif op == "STACK_GLOBAL":
            name, module = stack.pop(), stack.pop()
            stack.append(self.find(str(module), str(name)))
        elif op in ("REDUCE", "NEWOBJ"):
            args = stack.pop()
            self.call(op, stack.pop(), args)
        elif op == "NEWOBJ_EX":
            kwargs, args = stack.pop(), stack.pop()
            self.call(op, stack.pop(), (args, kwargs))
        elif op == "OBJ":
            items = self.to_mark()
            self.call(op, items[0], tuple(items[1:]))
        elif op == "BUILD":
            self.build(stack.pop(), file)
        elif op in ("BINPERSID", "PERSID"):
            stack.append(Made("persistent", stack.pop() if op == "BINPERSID" else arg))
        else:
            self.plain(op, arg)

    def build(self, state: Any, file: io.BytesIO) -> None:
        made = self.stack[-1]
        if not isinstance(made, Made):
            return
        made.state = state
        owner = made.callee
        if repr(owner) in ("copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__") and made.args:
            owner = made.args[0]
        self.uses.note(owner, "BUILD", state)
        if repr(owner).endswith("NumpyArrayWrapper") and isinstance(state, dict):
            skip_array(state, file, self.uses)

    def plain(self, op: str, arg: Any) -> None:
        """Opcodes that only move values."""
        stack, memo = self.stack, self.memo
        if op in ("PUT", "BINPUT", "LONG_BINPUT"):
            memo[int(arg)] = stack[-1]
        elif op == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif op in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[int(arg)])
        elif op == "POP":
            stack.pop()
        elif op == "POP_MARK":
            self.to_mark()
        elif op == "DUP":
            stack.append(stack[-1])
        elif op in ("TUPLE1", "TUPLE2", "TUPLE3"):
            count = int(op[-1])
            items = tuple(stack[-count:])
            del stack[-count:]
            stack.append(items)
        elif op == "TUPLE":
            stack.append(tuple(self.to_mark()))
        elif op in ("LIST", "FROZENSET"):
            stack.append(self.to_mark())
        elif op == "DICT":
            items = self.to_mark()
            stack.append(as_dict(items))
        elif op.startswith("EMPTY_"):
            stack.append({"EMPTY_TUPLE": tuple, "EMPTY_DICT": dict}.get(op, list)())
        elif op in ("APPEND", "APPENDS", "ADDITEMS"):
            items = [stack.pop()] if op == "APPEND" else self.to_mark()
            if isinstance(stack[-1], list):
                stack[-1].extend(items)
        elif op in ("SETITEM", "SETITEMS"):
            items = self.to_mark() if op == "SETITEMS" else [stack.pop(), stack.pop()][::-1]
            if isinstance(stack[-1], dict):
                stack[-1].update(as_dict(items))
        elif op in ("NONE", "NEWTRUE", "NEWFALSE"):
            stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[op])
        elif op == "READONLY_BUFFER":
            pass
        elif op.startswith("EXT"):
            stack.append(Global("extension", str(arg)))
        else:
            stack.append(arg)


def as_dict(items: list[Any]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, value in zip(items[::2], items[1::2]):
        made[key if isinstance(key, (str, int, float, bytes, type(None))) else repr(key)] = value
    return made


def skip_array(state: dict[str, Any], file: io.BytesIO, uses: Uses) -> None:
    """Moves over the raw bytes that joblib writes behind the wrapper of an array."""
    dtype, shape = state.get("dtype"), state.get("shape")
    if not isinstance(dtype, Made):
        return
    code = dtype.args[0] if repr(dtype.callee) == "numpy.dtype" else "O"
    if code.startswith("O"):
        Machine(uses).run(file)
        return
    size = item_size(code, dtype.state)
    for length in shape if isinstance(shape, tuple) else ():
        size *= length
    if state.get("numpy_array_alignment_bytes") is not None:
        padding = file.read(1)
        file.seek(padding[0] if padding else 0, 1)
    file.seek(size, 1)


def item_size(code: str, state: Any) -> int:
    if isinstance(state, tuple) and len(state) > 5 and isinstance(state[5], int) and state[5] > 0:
        return state[5]
    digits = code.lstrip("<>=|abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?")
    return int(digits or 1) * (4 if "U" in code else 1)


def looks_like_pickle(data: bytes, name: str) -> bool:
    return (len(data) > 2 and data[0] == 0x80 and data[1] <= 5) or name.endswith((".pkl", ".pickle", ".joblib", ".p0"))


def unpacked(data: bytes) -> bytes:
    """The content of one layer of compression, or the data itself."""
    try:
        if data[:2] == b"\x1f\x8b":
            return gzip.decompress(data)
        if data[:3] == b"BZh":
            return bz2.decompress(data)
        if data[:6] == b"\xfd7zXZ\x00" or data[:3] == b"\x5d\x00\x00":
            return lzma.decompress(data)
        if data[:4] == b"\x04\x22\x4d\x18":
            import lz4.frame

            return lz4.frame.decompress(data)
        if data[:1] == b"\x78" and int.from_bytes(data[:2], "big") % 31 == 0:
            return zlib.decompress(data)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, ImportError, RuntimeError):
        pass
    return data


def walk(data: bytes, name: str, uses: Uses, depth: int = 0) -> int:
    """Reads every pickle stream in `data`; returns how many there were."""
    if depth > 4 or len(data) > MAX_INNER:
        return 0
    inner = unpacked(data)
    if inner is not data:
        return walk(inner, name.rsplit(".", 1)[0], uses, depth + 1)
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(walk(archive.read(i), i.filename, uses, depth + 1) for i in archive.infolist() if i.file_size < MAX_INNER)
    if len(data) > 262 and data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return sum(walk(archive.extractfile(m).read(), m.name, uses, depth + 1) for m in archive if m.isfile())
    if data[:6] == b"\x93NUMPY" and b"'|O'" in data[:256]:
        data = data[10 + int.from_bytes(data[8:10], "little") :]
        name = "objects.pkl"
    return streams(data, uses) if looks_like_pickle(data, name) else 0


def streams(data: bytes, uses: Uses) -> int:
    file, count = io.BytesIO(data), 0
    while file.tell() < len(data):
        try:
            Machine(uses).run(file)
        except Exception as error:
            if count == 0:
                print(f"unreadable {uses.file}: {type(error).__name__}: {str(error)[:100]}", file=sys.stderr)
            break
        count += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with model files; the first folder below it names the framework")
    parser.add_argument("--output", type=Path, help="the TSV to write (default: FOLDER/callables.tsv)")
    args = parser.parse_args()
    uses, pickles = Uses(), 0
    own = args.output or args.folder / "callables.tsv"
    for path in sorted(args.folder.rglob("*")):
        if path.is_file() and path != own and path.stat().st_size < MAX_INNER:
            uses.file = path.relative_to(args.folder).as_posix()
            parts = uses.file.split("/")
            uses.framework = parts[0] if len(parts) < 3 or parts[0] not in ("tensorflow", "mlflow") else parts[1]
            pickles += walk(path.read_bytes(), path.name, uses)
    with own.open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["module", "name", "how", "files", "examples", "file", "frameworks"])
        for (module, name, how), use in sorted(uses.table.items()):
            writer.writerow([module, name, how, len(use.files), " | ".join(use.examples), min(use.files), ",".join(sorted(use.frameworks))])
    print(f"{pickles} pickle streams, {len(uses.table)} uses of callables -> {own}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
