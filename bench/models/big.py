"""Writes big honest model files for timing: a torch zip, a safetensors file, a pickle with its data in line.

The weights are zeros and the first two files are sparse, so that they take little room on the disk.
Nothing but the standard library is needed: the pickles name the functions of torch and numpy
through stand-ins that are never called.
"""

from __future__ import annotations

import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

CHUNK = bytes(1 << 20)


@contextmanager
def stand_ins(**names: list[str]) -> Iterator[dict[str, Any]]:
    """Modules (`__` for a dot) with functions of the given names, as pickle looks them up."""
    made, saved = {}, dict(sys.modules)
    for alias, functions in names.items():
        path = alias.replace("__", ".")
        for depth in range(path.count(".") + 1):
            part = ".".join(path.split(".")[: depth + 1])
            sys.modules[part] = types.ModuleType(part)
        for function in functions:
            stub = type(function, (), {"__module__": path, "__qualname__": function})
            setattr(sys.modules[path], function, stub)
            made[f"{path}.{function}"] = stub
    try:
        yield made
    finally:
        for name in set(sys.modules) - set(saved):
            del sys.modules[name]
        sys.modules.update(saved)


class Sparse(io.FileIO):
    """A file in which writing `CHUNK` leaves a hole."""

    def write(self, data: Any) -> int:
        if data is CHUNK:
            self.seek(len(data), io.SEEK_CUR)
            return len(data)
        return super().write(data)

    def close(self) -> None:
        if not self.closed:
            self.truncate(max(self.tell(), self.seek(0, io.SEEK_END)))
        super().close()


class Reduced:
    """Pickles as a call of `function` with `args`."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> Any:
        return self.function, self.args


class Stored(tuple):
    """A torch storage: pickled as a persistent id."""


class TorchPickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return tuple(value) if isinstance(value, Stored) else None


def torch_zip(path: Path, megabytes: int) -> None:
    """A state dict with tensors of 100 MB."""
    count = megabytes // 100
    with stand_ins(torch___utils=["_rebuild_tensor_v2"], torch=["FloatStorage"]) as made:
        rebuild, kind = made["torch._utils._rebuild_tensor_v2"], made["torch.FloatStorage"]
        sys.modules["torch"].FloatStorage = kind
        weights = collections.OrderedDict()
        for number in range(count):
            storage = Stored(("storage", kind, str(number), "cpu", 25 << 20))
            weights[f"layers.{number}.weight"] = Reduced(rebuild, storage, 0, (5120, 5120), (5120, 1), False, collections.OrderedDict())
        buffer = io.BytesIO()
        TorchPickler(buffer, 2).dump(weights)
    with Sparse(path, "w") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        archive.writestr("archive/byteorder", "little")
        for number in range(count):
            with archive.open(zipfile.ZipInfo(f"archive/data/{number}"), "w", force_zip64=True) as entry:
                for _ in range(100):
                    entry.write(CHUNK)
        archive.writestr("archive/version", "3\n")


def safetensors(path: Path, megabytes: int) -> None:
    count, size = megabytes // 100, 100 << 20
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    header |= {f"layers.{n}.weight": {"dtype": "F32", "shape": [5120, 5120], "data_offsets": [n * size, (n + 1) * size]} for n in range(count)}
    text = json.dumps(header).encode()
    # A header length whose first byte is no pickle opcode: some tools try every file as a pickle, and
    # what they then do would depend on chance.
    text += b" " * (-len(text) % 256)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(file.tell() + count * size)


def inline_pickle(path: Path, megabytes: int) -> None:
    """A dict of numpy arrays, their bytes inside the pickle."""
    with stand_ins(numpy___core__multiarray=["_reconstruct"], numpy=["ndarray", "dtype"]) as made, path.open("wb") as file:
        reconstruct, array, dtype = made["numpy._core.multiarray._reconstruct"], made["numpy.ndarray"], made["numpy.dtype"]
        sys.modules["numpy"].ndarray, sys.modules["numpy"].dtype = array, dtype
        kind = Reduced(dtype, "f4", False, True)
        size = 50 << 20

        class Array:
            def __reduce__(self) -> Any:
                return reconstruct, (array, (0,), b"b"), (1, (size // 4,), kind, False, bytes(size))

        pickle.Pickler(file, 4).dump({f"layer{n}": Array() for n in range(megabytes // 50)})


FILES = {
    "2.1 GB torch zip": ("big.pt", torch_zip, 2100),
    "2.1 GB safetensors": ("big.safetensors", safetensors, 2100),
    "0.5 GB inline pickle": ("big.pkl", inline_pickle, 500),
}


def write_all(folder: Path, scale: float = 1.0) -> dict[str, Path]:
    """Writes each big file into `folder`; returns title -> path."""
    made = {}
    for title, (name, write, megabytes) in FILES.items():
        path = folder / name
        write(path, max(100, int(megabytes * scale)))
        made[title] = path
    return made
