"""torch: whole modules of every layer kind, TorchScript, exported programs, quantized models, vision models."""

from __future__ import annotations

import collections
from typing import Any

from . import Collector, need
from .torch_values import network, saved


def make(collector: Collector) -> None:
    torch = need("torch")
    torch.manual_seed(0)
    collector.run("torch/layers", layers)
    collector.run("torch/modules", modules)
    collector.run("torch/script", scripts)
    collector.run("torch/export", exports)
    collector.run("torch/quantized", quantized)
    collector.run("torchvision", vision)
    collector.run("timm", timm_models)
    collector.run("ultralytics", detectors)


def layers(collector: Collector) -> None:
    """Every layer of torch.nn that can be built from a few common arguments, in one file each kind of call."""
    torch = need("torch")
    attempts = [(), (4,), (4, 4), (4, 4, 3), (2, 4), ((2, 2),), (1, (2, 2)), (1.0,), (4, 2, 2), (2, 8, 2)]
    built = collections.OrderedDict()
    for name in sorted(dir(torch.nn)):
        kind = getattr(torch.nn, name)
        if not (isinstance(kind, type) and issubclass(kind, torch.nn.Module)) or name in ("Module", "Container", "DataParallel"):
            continue
        for args in attempts:
            try:
                made = kind(*args)
                if sum(p.numel() for p in made.parameters() if not isinstance(p, torch.nn.parameter.UninitializedParameter)) < 100_000:
                    built[name] = made
                    break
            except Exception:
                continue
    saved(collector, "every_layer", lambda: dict(built), legacy=True)
    saved(collector, "every_layer_state", lambda: {k: v.state_dict() for k, v in built.items()})
    functional = [getattr(torch.nn.functional, n) for n in "relu gelu silu softmax cross_entropy mse_loss".split()]
    saved(collector, "activations", lambda: functional)


def modules(collector: Collector) -> None:
    torch = need("torch")
    nn = torch.nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU())
            self.act = nn.functional.relu

        def forward(self, x: Any) -> Any:
            return self.act(self.body(x) + x)

    import sys
    import types

    # A class of the user's own program: its module is not a framework's.
    module = types.ModuleType("my_models")
    Residual.__module__, Residual.__qualname__ = "my_models", "Residual"
    module.Residual = Residual
    sys.modules["my_models"] = module

    builders: dict[str, Any] = {
        "sequential": network,
        "transformer_encoder": lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2),
        "transformer": lambda: nn.Transformer(8, 2, 1, 1, 16),
        "lstm": lambda: nn.LSTM(4, 8, 2, bidirectional=True),
        "gru": lambda: nn.GRU(4, 8),
        "attention": lambda: nn.MultiheadAttention(8, 2),
        "embedding": lambda: nn.EmbeddingBag(10, 4),
        "module_dict": lambda: nn.ModuleDict({"a": nn.Linear(2, 2), "b": nn.ModuleList([nn.ReLU()])}),
        "data_parallel": lambda: nn.DataParallel(network()),
        "weight_norm": lambda: nn.utils.weight_norm(nn.Linear(2, 2)),
        "spectral_norm": lambda: nn.utils.spectral_norm(nn.Linear(2, 2)),
        "pruned": lambda: (lambda m: need("torch.nn.utils.prune").l1_unstructured(m, "weight", 0.5))(nn.Linear(4, 4)),
        "parametrized": lambda: nn.utils.parametrizations.weight_norm(nn.Linear(2, 2)).state_dict(),
        "averaged_model": lambda: torch.optim.swa_utils.AveragedModel(network()),
        "sync_batch_norm": lambda: nn.SyncBatchNorm.convert_sync_batchnorm(network()),
        "loss": lambda: [nn.CrossEntropyLoss(weight=torch.ones(2)), nn.MSELoss(), nn.BCEWithLogitsLoss(), nn.TripletMarginLoss()],
        "traced_graph": lambda: torch.fx.symbolic_trace(network()),
    }
    for name, build in builders.items():
        saved(collector, f"module_{name}", build)
    saved(collector, "residual", Residual, framework="torch-user-class")


def scripts(collector: Collector) -> None:
    torch = need("torch")
    example = torch.randn(2, 8)
    model = network().eval()
    lstm = torch.nn.LSTM(4, 8)
    traced = torch.jit.trace(model, example)
    scripted = torch.jit.script(model)
    collector.save("torch", "traced.pt", "torchscript", lambda path: traced.save(str(path)))
    collector.save("torch", "scripted.pt", "torchscript", lambda path: scripted.save(str(path)))
    collector.save("torch", "scripted_lstm.pt", "torchscript", lambda path: torch.jit.script(lstm).save(str(path)))
    collector.save("torch", "frozen.pt", "torchscript", lambda path: torch.jit.freeze(scripted).save(str(path)))
    collector.save("torch", "extra_files.pt", "torchscript", lambda path: torch.jit.save(scripted, str(path), _extra_files={"labels.txt": "cat\ndog"}))
    collector.save("torch", "mobile.ptl", "torchscript-lite", lambda path: scripted._save_for_lite_interpreter(str(path)))
    collector.save("torch", "encoder_traced.pt", "torchscript", lambda path: torch.jit.trace(torch.nn.TransformerEncoderLayer(8, 2, 16).eval(), torch.randn(3, 1, 8)).save(str(path)))


def exports(collector: Collector) -> None:
    torch = need("torch")
    model, example = network().eval(), (torch.randn(2, 8),)
    collector.save("torch", "exported.pt2", "torch-export", lambda path: torch.export.save(torch.export.export(model, example), str(path)))
    collector.save("torch", "exported.onnx", "onnx", lambda path: torch.onnx.export(model, example, str(path), dynamo=False))
    collector.save("torch", "exported_dynamo.onnx", "onnx", lambda path: (need("onnxscript"), torch.onnx.export(model, example, str(path), dynamo=True)))
    collector.save("executorch", "model.pte", "executorch", lambda path: path.write_bytes(need("executorch.exir").to_edge(torch.export.export(model, example)).to_executorch().buffer))


def quantized(collector: Collector) -> None:
    torch = need("torch")
    quantization = need("torch.ao.quantization")
    builders = {
        "dynamic": lambda: quantization.quantize_dynamic(network(), {torch.nn.Linear}, torch.qint8),
        "dynamic_lstm": lambda: quantization.quantize_dynamic(torch.nn.LSTM(4, 4), {torch.nn.LSTM}, torch.qint8),
        "dynamic_state": lambda: quantization.quantize_dynamic(network(), {torch.nn.Linear}, torch.qint8).state_dict(),
        "prepared": lambda: prepared(quantization),
    }
    for name, build in builders.items():
        saved(collector, f"quantized_{name}", build)


def prepared(quantization: Any) -> Any:
    model = network().train()
    model.qconfig = quantization.get_default_qat_qconfig("fbgemm")
    return quantization.prepare_qat(model)


def vision(collector: Collector) -> None:
    kinds, torch = need("torchvision.models"), need("torch")
    # The classes are real, the widths small, so that a file stays below a few megabytes.
    resnet = need("torchvision.models.resnet")
    builders: dict[str, Any] = {
        "resnet": lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], num_classes=3, width_per_group=64),
        "squeezenet": lambda: kinds.squeezenet1_1(num_classes=3),
        "mobilenet": lambda: kinds.mobilenet_v3_small(num_classes=3, width_mult=0.25),
        "shufflenet": lambda: kinds.shufflenet_v2_x0_5(num_classes=3),
        "mnasnet": lambda: kinds.mnasnet0_5(num_classes=3),
        "vit": lambda: kinds.VisionTransformer(32, 16, 1, 2, 16, 32, num_classes=3),
        "transforms": lambda: transforms(),
        "densenet": lambda: kinds.DenseNet(4, (1, 1), 8, num_classes=2),
        "efficientnet": lambda: need("torchvision.models.efficientnet").EfficientNet([need("torchvision.models.efficientnet").MBConvConfig(1, 3, 1, 8, 8, 1)], 0.1, num_classes=2),
    }
    for name, build in builders.items():
        saved(collector, name, build, framework="torchvision", legacy=name in ("mnasnet", "transforms"))
    collector.save("torchvision", "resnet_traced.pt", "torchscript", lambda path: torch.jit.trace(builders["resnet"]().eval(), torch.randn(1, 3, 64, 64)).save(str(path)))
    collector.save("torchvision", "resnet_state.pth", "torch-zip", lambda path: torch.save(builders["resnet"]().state_dict(), path))


def transforms() -> Any:
    kinds = need("torchvision.transforms")
    return kinds.Compose([kinds.Resize(32), kinds.CenterCrop(28), kinds.RandomHorizontalFlip(), kinds.ColorJitter(0.1), kinds.ToTensor(), kinds.Normalize([0.5], [0.5]), kinds.RandomErasing()])


def timm_models(collector: Collector) -> None:
    timm = need("timm")
    for name in ("test_resnet", "test_vit", "test_efficientnet", "test_convnext", "test_byobnet"):
        saved(collector, name, lambda name=name: timm.create_model(name, pretrained=False), framework="timm", legacy=False)


def detectors(collector: Collector) -> None:
    torch = need("torch")
    tasks = need("ultralytics.nn.tasks")
    for config in ("yolov8n.yaml", "yolo11n.yaml"):
        def write(path: Any, config: str = config) -> None:
            model = tasks.DetectionModel(config, nc=2, verbose=False).half()
            torch.save({"epoch": -1, "model": model, "ema": None, "train_args": {"imgsz": 640}, "date": "2024-01-01", "version": "8"}, path)

        collector.save("ultralytics", config.replace(".yaml", ".pt"), "torch-zip", write)
