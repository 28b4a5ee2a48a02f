"""torch: tensors of every type, checkpoints, optimizers, in the zip, legacy and plain pickle formats."""

from __future__ import annotations

import argparse
import collections
import copyreg
import datetime
import pathlib
import pickle
from typing import Any

from . import Collector, need


def make(collector: Collector) -> None:
    torch = need("torch")
    torch.manual_seed(0)
    for name, build in {**values(), **checkpoints(), **training()}.items():
        saved(collector, name, build)
    collector.run("torch/tar", containers)


def saved(collector: Collector, name: str, build: Any, framework: str = "torch", legacy: bool = True) -> None:
    """Writes the same value with `torch.save` in both formats and as a plain pickle."""
    torch = need("torch")
    try:
        value = build()
    except Exception as error:
        collector.fail(f"{framework}/{name}", error)
        return
    collector.save(framework, f"{name}.pt", "torch-zip", lambda path: torch.save(value, path))
    if legacy:
        collector.save(framework, f"{name}.legacy.pt", "torch-legacy", lambda path: torch.save(value, path, _use_new_zipfile_serialization=False))
        collector.save(framework, f"{name}.protocol4.pth", "torch-zip", lambda path: torch.save(value, path, pickle_protocol=4))
    collector.pickled(framework, name, lambda: value, protocols=(2, 4), joblib=("none",) if name in ("linear_state", "state_dict") else ())


def values() -> dict[str, Any]:
    torch = need("torch")
    names = "float32 float64 float16 bfloat16 int8 uint8 int16 int32 int64 bool complex64 complex128 float8_e4m3fn float8_e5m2 uint16 uint32 complex32".split()
    kinds = [getattr(torch, n) for n in names if hasattr(torch, n)]
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    return {
        "all_dtypes": lambda: {str(k): base.to(k) for k in kinds},
        "views": lambda: [base, base.t(), base[1:], base[0], base.reshape(-1)[::2]],
        "empty": lambda: [torch.empty(0), torch.tensor(3.5), torch.empty(2, 0)],
        "parameters": lambda: [torch.nn.Parameter(base.clone()), torch.nn.Parameter(base.clone(), requires_grad=False), torch.nn.ParameterList([torch.nn.Parameter(base.clone())])],
        "buffer": lambda: torch.nn.Buffer(base.clone()) if hasattr(torch.nn, "Buffer") else base,
        "sparse": lambda: [base.to_sparse(), base.to_sparse_csr(), base.to_sparse_csc(), base.to_sparse_bsr((3, 2))],
        "quantized": lambda: [torch.quantize_per_tensor(base, 0.1, 3, torch.qint8), torch.quantize_per_tensor(base, 0.1, 3, torch.quint8), torch.quantize_per_channel(base, torch.tensor([0.1, 0.2, 0.3]), torch.zeros(3), 0, torch.qint8)],
        "types": lambda: [torch.float32, torch.int64, torch.device("cpu"), torch.device("cuda:0"), torch.Size([1, 2]), torch.contiguous_format, torch.channels_last],
        "conjugate": lambda: [torch.complex(base, base).conj(), torch.complex(base, base).conj().imag],
        "gradient": lambda: base.clone().requires_grad_(),
        "meta": lambda: torch.empty(3, device="meta"),
        "nested": lambda: torch.nested.nested_tensor([base[0], base[0, :2]]),
        "storage": lambda: base.untyped_storage(),
        "typed_storage": lambda: base.storage(),
        "generator_state": lambda: [torch.get_rng_state(), torch.random.initial_seed()],
        "layouts": lambda: [torch.strided, torch.sparse_coo],
        "schemes": lambda: [torch.per_tensor_affine, torch.per_channel_affine],
        "finfo": lambda: [torch.finfo(torch.float32).max, torch.iinfo(torch.int8).min],
        "functions": lambda: [torch.relu, torch.nn.functional.gelu, torch.sigmoid, torch.nn.functional.cross_entropy, torch.tanh, torch.nn.functional.relu, torch.add, torch.matmul],
        "distributions": lambda: [torch.distributions.Normal(0.0, 1.0), torch.distributions.Categorical(torch.ones(3)), torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))],
        "dataset": lambda: [torch.utils.data.TensorDataset(base, base), torch.utils.data.Subset(torch.utils.data.TensorDataset(base), [0])],
        "packed": lambda: torch.nn.utils.rnn.pack_sequence([base[:2], base[:1]]),
        "return_types": lambda: [base.max(0), base.sort(), torch.svd(base)],
        "tensor_attribute": lambda: tagged(base.clone()),
    }


def tagged(tensor: Any) -> Any:
    tensor.note = "embedding"
    return tensor


def network() -> Any:
    torch = need("torch")
    return torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(), torch.nn.Linear(8, 2))


def checkpoints() -> dict[str, Any]:
    torch, np = need("torch"), need("numpy")
    model = network()
    adam = torch.optim.AdamW(model.parameters())
    model(torch.randn(4, 8)).sum().backward()
    adam.step()
    plan = torch.optim.lr_scheduler.CosineAnnealingLR(adam, 10)
    return {
        "linear_state": lambda: torch.nn.Linear(2, 2).state_dict(),
        "state_dict": lambda: model.state_dict(),
        "plain_dict": lambda: {k: v.clone() for k, v in model.state_dict().items()},
        "half": lambda: {k: v.half() for k, v in model.state_dict().items()},
        "numpy_weights": lambda: {k: v.numpy() for k, v in model.state_dict().items()},
        "checkpoint": lambda: {
            "epoch": 3,
            "model": model.state_dict(),
            "optimizer": adam.state_dict(),
            "scheduler": plan.state_dict(),
            "args": argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("data"), device=torch.device("cpu")),
            "best": np.float64(0.9),
            "loss": torch.tensor(0.3),
            "when": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
            "elapsed": datetime.timedelta(hours=1),
            "history": collections.defaultdict(list, loss=[0.3, 0.2]),
            "counter": collections.Counter(a=1),
            "shape": torch.Size([2, 2]),
            "dtype": torch.float32,
            "rng": [torch.get_rng_state(), np.random.get_state(), __import__("random").getstate()],
            "classes": ["cat", "dog"],
            "index": np.arange(3),
            "names": frozenset(["a"]),
        },
        "path_checkpoint": lambda: {"opt": argparse.Namespace(weights=pathlib.Path("yolo.pt")), "date": "2024-01-01", "model": model.state_dict()},
        "vocabulary": lambda: collections.OrderedDict((w, i) for i, w in enumerate("a b c".split())),
        "embedding": lambda: {"weight": torch.randn(20, 4), "vocab": {f"w{i}": i for i in range(20)}},
        "averaged": lambda: torch.optim.swa_utils.AveragedModel(model).state_dict(),
    }


def training() -> dict[str, Any]:
    """Optimizers, schedulers and scalers as whole objects and as states."""
    torch = need("torch")
    model = network()

    def optimizer(name: str) -> Any:
        model.zero_grad()
        made = getattr(torch.optim, name)(model.parameters(), lr=0.01)
        model(torch.randn(4, 8)).sum().backward()
        try:
            made.step()
        except (RuntimeError, TypeError):
            pass  # wants a closure or a sparse gradient
        return made

    found: dict[str, Any] = {}
    for name in "SGD Adam AdamW RMSprop Adagrad Adadelta Adamax NAdam RAdam ASGD Rprop LBFGS Adafactor".split():
        if hasattr(torch.optim, name):
            found[f"optimizer_{name}"] = lambda name=name: optimizer(name).state_dict()
            found[f"optimizer_{name}_object"] = lambda name=name: optimizer(name)
    plans = torch.optim.lr_scheduler
    base = optimizer("SGD")
    schedulers = {
        "step": lambda: plans.StepLR(base, 3),
        "multi_step": lambda: plans.MultiStepLR(base, [1, 2]),
        "exponential": lambda: plans.ExponentialLR(base, 0.9),
        "cosine": lambda: plans.CosineAnnealingLR(base, 5),
        "plateau": lambda: plans.ReduceLROnPlateau(base),
        "one_cycle": lambda: plans.OneCycleLR(base, 0.1, total_steps=5),
        "cyclic": lambda: plans.CyclicLR(base, 0.01, 0.1),
        "warm_restarts": lambda: plans.CosineAnnealingWarmRestarts(base, 2),
        "linear": lambda: plans.LinearLR(base),
        "polynomial": lambda: plans.PolynomialLR(base),
    }
    for name, build in schedulers.items():
        found[f"scheduler_{name}"] = lambda build=build: build().state_dict()
        found[f"scheduler_{name}_object"] = build
    found["scaler"] = lambda: torch.amp.GradScaler("cpu", enabled=True).state_dict()
    return found


def containers(collector: Collector) -> None:
    """`torch.package`, archives of checkpoints, a torch pickle inside a numpy file."""
    torch = need("torch")
    import tarfile

    def package(path: Any) -> None:
        with torch.package.PackageExporter(str(path)) as exporter:
            exporter.extern("**")
            exporter.save_pickle("model", "model.pkl", network())
            exporter.save_text("notes", "readme.txt", "a small network")
            exporter.save_source_string("helper", "def twice(x):\n    return 2 * x\n")

    collector.save("torch", "package.pt", "torch-package", package)

    def archive(path: Any) -> None:
        inner = path.with_name("inner.pt")
        torch.save(network().state_dict(), inner)
        with tarfile.open(path, "w:gz") as file:
            file.add(inner, "model/pytorch_model.bin")
        inner.unlink()

    collector.save("torch", "model.tar.gz", "tar", archive)

    def reduced(path: Any) -> None:
        with open(path, "wb") as file:
            pickler = pickle.Pickler(file, 4)
            pickler.dispatch_table = copyreg.dispatch_table.copy()
            pickler.dump(network())

    collector.save("torch", "dispatch_table.pkl", "pickle", reduced)
    collector.save("torch", "distributed", "torch-distributed", lambda path: need("torch.distributed.checkpoint").save({"w": torch.ones(3)}, checkpoint_id=str(path), no_dist=True))
