#!/usr/bin/env python3
"""Makes an environment with current frameworks from the package index and lets them write models.

Creates a virtual environment (a temporary one unless a folder is given), installs the packages group
by group (one that fails to install is left out with a line that says so), runs `make_models.py` in it
and then `callables.py`. With `--redan` it scans the result and fails if anything of medium severity
or above is found in these honest files.

Nothing is written into the source tree. All groups together need about 10 GB; `--only` keeps it small.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUPS = {
    "core": ["numpy", "scipy", "scikit-learn", "pandas", "joblib", "lz4", "pyarrow"],
    "boosting": ["xgboost", "lightgbm", "catboost"],
    "exchange": ["onnx", "skl2onnx", "onnxmltools", "safetensors", "h5py", "gguf", "msgpack", "skops", "dill", "cloudpickle"],
    "torch": ["torch", "executorch"],
    "keras": ["keras"],
    "hub": ["transformers", "tokenizers", "sentence-transformers", "accelerate", "peft"],
    "vision": ["torchvision", "timm", "ultralytics"],
    "tabular": ["statsmodels", "imbalanced-learn", "category_encoders", "hdbscan", "umap-learn", "pyod", "lifelines", "sklearn-crfsuite", "shap", "polars"],
    "text": ["spacy", "gensim", "nltk"],
    "flax": ["jax", "flax"],
    "wider": ["stable-baselines3", "torch-geometric", "skorch", "pytorch-lightning", "river", "coremltools", "paddlepaddle", "gpytorch", "pyro-ppl", "setfit"],
}
# Packages that do not fit beside the others get an environment of their own, for some makers only.
SEPARATE = {
    "tensorflow": (["tensorflow-cpu", "h5py"], "keras_models"),
    "mlflow": (["mlflow-skinny", "pandas", "scikit-learn", "xgboost", "lightgbm", "skops", "cloudpickle"], "exchange"),
}
# Honest files that a scanner is right to mark, because loading them does what an attack does.
MARKED = {
    "stdlib-unusual/*": "values written as a call of `getattr`, `map` or `methodcaller`",
    "torch-user-class/*": "a class of the user's own program, unknown by nature",
    "torch/module_traced_graph*": "torch.fx keeps Python source, which loading compiles",
    "torch/package.pt": "torch.package carries Python source, which loading runs",
    "stable-baselines3/*.zip": "functions by value, as code objects",
    "shap/*": "explainers keep functions that numba compiled, as code objects and pickled globals",
    "umap/*": "the search index keeps functions that numba compiled, as code objects and pickled globals",
    "dill/*": "dill rebuilds arrays and types by calling functions given as arguments",
    "keras/*.pkl": "a whole Keras archive inside a pickle, loaded in turn",
    "keras/*.joblib": "a whole Keras archive inside a pickle, loaded in turn",
}
SEVERITIES = ["info", "low", "medium", "high", "critical"]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="groups: " + "; ".join(f"{k} ({', '.join(v)})" for k, v in (GROUPS | {k: v[0] for k, v in SEPARATE.items()}).items()),
    )
    parser.add_argument("output", type=Path, help="folder for the models, manifest.csv and callables.tsv")
    parser.add_argument("--venv", type=Path, help="folder of the environment; kept and used again (default: a temporary one)")
    parser.add_argument("--only", metavar="GROUP[,GROUP]", help="install only these groups")
    parser.add_argument("--constraint", type=Path, help="a pip constraints file, for instance to test older versions")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that the environment is made with")
    parser.add_argument("--redan", type=Path, help="the redan binary: scan the models and fail on any medium finding")
    parser.add_argument("--scan-only", action="store_true", help="scan the models that are already there")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if args.scan_only:
        if not args.redan or not args.output.is_dir():
            print("error: `--scan-only` needs `--redan` and a folder that is there", file=sys.stderr)
            return 2
        return check(args.redan.resolve(), args.output)
    known = [*GROUPS, *SEPARATE]
    wanted = args.only.split(",") if args.only else known
    for name in wanted:
        if name not in known:
            print(f"error: no group `{name}`; there are: {', '.join(known)}", file=sys.stderr)
            return 2
    if args.venv:
        return build(args, args.venv, wanted)
    with tempfile.TemporaryDirectory(prefix="redan-frameworks-") as folder:
        return build(args, Path(folder), wanted)


def build(args: argparse.Namespace, folder: Path, wanted: list[str]) -> int:
    """Makes the environments below `folder`, lets each write its models, lists what they call."""
    output = args.output.resolve()
    main_groups = [name for name in wanted if name in GROUPS]
    codes = []
    if main_groups:
        python = environment(folder / "main", args.python)
        for name in main_groups:
            install(python, name, GROUPS[name], args.constraint)
        codes.append(write_models(python, output, None))
    for name in wanted:
        if name in SEPARATE:
            packages, makers = SEPARATE[name]
            python = environment(folder / name, args.python)
            install(python, name, packages, args.constraint)
            codes.append(write_models(python, output / name, makers))
    if all(codes):
        print("error: no model was written; the lines above say why", file=sys.stderr)
        return 1
    subprocess.run([str(python), str(HERE / "callables.py"), str(output)], check=False)
    return check(args.redan.resolve(), output) if args.redan else 0


def environment(folder: Path, interpreter: str) -> Path:
    """The Python of the virtual environment at `folder`, made if it is not there."""
    python = folder / "bin" / "python"
    if not python.exists():
        print(f"creating {folder}", flush=True)
        if interpreter == sys.executable:
            venv.create(folder, with_pip=True)
        else:
            subprocess.run([interpreter, "-m", "venv", str(folder)], check=True)
    return python


def write_models(python: Path, output: Path, makers: str | None) -> int:
    command = [str(python), str(HERE / "make_models.py"), str(output)]
    return subprocess.run(command + (["--only", makers] if makers else []), check=False).returncode


def install(python: Path, name: str, packages: list[str], constraint: Path | None) -> None:
    """Installs a group at once, or one by one when together they do not fit."""
    limit = ["-c", str(constraint)] if constraint else []
    command = [str(python), "-m", "pip", "install", "--quiet", *limit]
    print(f"installing {name}: {' '.join(packages)}", flush=True)
    if subprocess.run([*command, *packages], check=False, capture_output=True).returncode == 0:
        return
    for package in packages:
        done = subprocess.run([*command, package], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            why = (done.stderr.strip().splitlines() or ["no message"])[-1]
            print(f"skipped {package}: {why}", flush=True)


def check(redan: Path, output: Path) -> int:
    """Scans the models; 0 when no honest file has a finding of medium or above, but those in `MARKED`."""
    done = subprocess.run([str(redan), "scan", str(output), "--format", "json"], check=False, capture_output=True, text=True)
    try:
        files = json.loads(done.stdout)["files"]
    except (ValueError, KeyError) as error:
        print(f"error: `{redan} scan` gave no usable JSON ({error}): {done.stderr.strip()[:300]}", file=sys.stderr)
        return 2
    made = [f for f in files if Path(f["path"]).name not in ("manifest.csv", "callables.tsv")]
    loud = [f for f in made if any(SEVERITIES.index(x["severity"]) >= 2 for x in f["findings"])]
    alarms = [f for f in loud if not marked(f["path"])]
    groups: dict[tuple[str, str, str], list[str]] = {}
    for file in alarms:
        for rule, severity in sorted({(x["rule"], x["severity"]) for x in file["findings"] if SEVERITIES.index(x["severity"]) >= 2}):
            groups.setdefault((rule, severity, file["path"].split("/")[0]), []).append(file["path"])
    for (rule, severity, framework), paths in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"{len(paths):5} {framework}: {rule} ({severity}), for instance {paths[0]}")
    states = Counter(f["status"] for f in made)
    print(f"{len(made)} files ({', '.join(f'{v} {k}' for k, v in states.items())}): {len(alarms)} false alarms ({100 * len(alarms) / max(len(made), 1):.2f} %), {len(loud) - len(alarms)} rightly marked")
    for state, fmt, count in [(*k, v) for k, v in Counter((f["status"], f["format"]) for f in made if f["status"] != "scanned").most_common(12)]:
        print(f"{count:5} {state}: {fmt}")
    return 1 if alarms else 0


def marked(path: str) -> bool:
    """Whether the file is one of `MARKED`, in whichever environment's folder."""
    names = [path, path.split("/", 1)[-1]]
    return any(fnmatch.fnmatch(name, pattern) for name in names for pattern in MARKED)


if __name__ == "__main__":
    sys.exit(main())
