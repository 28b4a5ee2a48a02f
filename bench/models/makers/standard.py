"""Plain Python values that people keep beside models: no framework, only the standard library."""

from __future__ import annotations

import array
import ast
import builtins
import collections
import configparser
import datetime
import decimal
import enum
import fractions
import functools
import http
import ipaddress
import itertools
import logging
import operator
import pathlib
import random
import re
import signal
import string
import time
import types
import uuid
from typing import Any

from . import Collector

WORDS = "the quick brown fox jumps over the lazy dog and runs away".split()


def values() -> dict[str, Any]:
    """Values by name."""
    utc = datetime.timezone.utc
    now = datetime.datetime(2024, 5, 17, 12, 30, 15, 250, tzinfo=utc)
    found = {
        "nested": {"a": [1, 2.5, "x", b"y", None, True], "t": (1, (2, (3,))), "u": "\u00e4\u4e2d\U0001f600"},
        "big_ints": [2**31, 2**63, -(2**70), 10**400, -1, 255, 256, 65536],
        "long_string": "model " * 20000,
        "long_bytes": bytes(range(256)) * 300,
        "shared_list": (lambda x: [x, x, {"again": x}])([1, 2]),
        "dates": [now, now.date(), now.time(), datetime.timedelta(days=3, seconds=2), utc, datetime.timezone(datetime.timedelta(hours=2), "CEST")],
        "decimals": [decimal.Decimal("1.25"), decimal.Decimal("NaN"), fractions.Fraction(2, 7), decimal.getcontext().copy()],
        "uuids": [uuid.UUID(int=7), uuid.uuid5(uuid.NAMESPACE_DNS, "redan.example"), uuid.SafeUUID.unknown],
        "addresses": [ipaddress.ip_address("10.0.0.1"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_address("::1"), ipaddress.ip_interface("10.0.0.1/24")],
        "collections": [
            collections.OrderedDict(b=1, a=2),
            collections.Counter(WORDS),
            collections.deque([1, 2, 3], maxlen=5),
            collections.ChainMap({"a": 1}, {"b": 2}),
            collections.UserDict(a=1),
            collections.UserList([1]),
            collections.UserString("s"),
        ],
        "defaultdicts": [collections.defaultdict(int, a=1), collections.defaultdict(list, a=[1]), collections.defaultdict(dict), collections.defaultdict(collections.Counter), collections.defaultdict(set), collections.defaultdict(float)],
        "nested_defaultdict": collections.defaultdict(functools.partial(collections.defaultdict, int), {"a": collections.defaultdict(int, b=2)}),
        "enums": [http.HTTPStatus.OK, re.IGNORECASE | re.MULTILINE, signal.SIGTERM, uuid.SafeUUID.safe, pathlib.Path, enum.Enum],
        "partials": [functools.partial(int, base=2), functools.partial(sorted, reverse=True), functools.partial(round, ndigits=2), functools.partial(max, default=0)],
        "functions": [len, sorted, max, min, sum, abs, round, isinstance, zip, enumerate, reversed, print, str.lower, str.split, operator.add, operator.mul],
        "types": [int, float, complex, str, bytes, bytearray, list, dict, set, frozenset, tuple, bool, type, object, type(None), slice, range, property, type(Ellipsis), type(NotImplemented)],
        "exceptions": [ValueError("bad value", 3), KeyError("k"), RuntimeError(), StopIteration(1), OSError(2, "gone", "weights.bin"), Warning("w")],
        "getters": [operator.itemgetter(1), operator.itemgetter("a", "b"), operator.attrgetter("shape")],
        "patterns": [re.compile(r"(?u)\b\w\w+\b"), re.compile(rb"\x00+"), re.compile("a", re.I)],
        "paths": [pathlib.PurePosixPath("/models/a.bin"), pathlib.Path("data/train.csv"), pathlib.PureWindowsPath("C:/models/x")],
        "builtins_objects": [range(3), range(1, 10, 2), slice(1, None, 2), 3 + 4j, bytearray(b"abc"), frozenset([1, 2]), {1, 2, 3}, Ellipsis, NotImplemented],
        "namespaces": [types.SimpleNamespace(lr=0.1, epochs=3), types.MappingProxyType],
        "arrays": [array.array("d", [1.0, 2.0]), array.array("l", [1, 2]), array.array("B", b"abc"), array.array("f", [0.5])],
        "random_state": [random.Random(3), random.Random(3).getstate()],
        "iterators": [iter([1, 2, 3]), iter((1, 2)), iter(range(4)), reversed([1, 2]), iter("ab"), enumerate([1]), zip([1], [2])],
        "itertools": [itertools.count(3), itertools.repeat(1, 2), itertools.chain([1], [2])],
        "logging": [logging.getLogger("train"), logging.LogRecord("n", 10, "p", 1, "m", (), None), logging.INFO],
        "argparse": __import__("argparse").Namespace(lr=0.001, model="resnet", layers=[2, 2], out=pathlib.PurePosixPath("out")),
        "string_template": [string.Template("hello $name"), configparser.ConfigParser()],
        "struct_time": [time.gmtime(0), time.struct_time((2024, 1, 1, 0, 0, 0, 0, 1, 0))],
        "syntax_tree": ast.parse("x + 1", mode="eval"),
        "named_builtins": [builtins.NotImplemented, builtins.Ellipsis, builtins.frozenset()],
    }
    try:
        import zoneinfo

        found["zones"] = [zoneinfo.ZoneInfo("UTC"), datetime.datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))]
    except Exception:  # no time zone data on this host
        pass
    try:
        import statistics

        found["statistics"] = [statistics.NormalDist(0, 1)]
        import graphlib
        import email.message
        import textwrap
        import difflib
        import html

        message = email.message.EmailMessage()
        message["Subject"] = "weights"
        found["email"] = message
        found["helpers"] = [textwrap.TextWrapper(), difflib.Differ(), html.escape, graphlib.TopologicalSorter]
    except ImportError:
        pass
    return found


def unusual() -> dict[str, Any]:
    """Honest values that look like an attack, because they are written as calls of a resolver."""
    return {
        "bound_methods": [[1, 2].append, "a-b".split, {"a": 1}.get, collections.OrderedDict(a=1).get],
        "classmethods": [dict.fromkeys, bytes.fromhex, int.from_bytes, datetime.datetime.fromisoformat, str.maketrans],
        "method_callers": [operator.methodcaller("lower")],
        "lazy_maps": [map(str, [1]), filter(None, [1]), map, filter, time.time],
    }


def make(collector: Collector) -> None:
    for name, value in unusual().items():
        collector.pickled("stdlib-unusual", name, lambda value=value: value)
    for name, value in values().items():
        if isinstance(value, list):
            # Some members cannot be pickled at some protocol: keep the others.
            value = [part for part in value if _picklable(part)]
        collector.pickled("stdlib", name, lambda value=value: value)
    collector.run("stdlib/several", several)


def several(collector: Collector) -> None:
    import pickle
    import shelve

    def stream(path: Any) -> None:
        with open(path, "wb") as file:
            for part in ({"epoch": 1}, [1, 2, 3], collections.OrderedDict(a=1)):
                pickle.dump(part, file, protocol=2)

    collector.save("stdlib", "three_pickles.pkl", "pickle", stream)

    def python_pickler(path: Any) -> None:
        with open(path, "wb") as file:
            pickle._Pickler(file, 4).dump({"a": list(range(3000)), "b": ["w" * n for n in range(400)]})

    collector.save("stdlib", "pure_python_pickler.pkl", "pickle", python_pickler)

    def shelf(path: Any) -> None:
        with shelve.open(str(path)) as store:
            store["a"] = {"x": 1}

    collector.save("stdlib", "shelf", "shelve", shelf)


def _picklable(value: Any) -> bool:
    import pickle

    for protocol in range(6):
        try:
            pickle.dumps(value, protocol)
        except Exception:
            return False
    return True
