"""Formats made for exchange: ONNX, safetensors, GGUF, skops, HDF5, MLflow, and dill and cloudpickle."""

from __future__ import annotations

import collections
import datetime
import functools
import json
import pathlib
from typing import Any

from . import Collector, need
from .estimators import TEXTS, data

CHATML = (
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
# The constructs that published templates use: namespaces, macros, loops, tests, filters, exceptions.
TOOLS = """{%- set ns = namespace(index=0, last=messages|length - 1) -%}
{%- macro describe(tool) -%}
{%- for name, kind in tool.function.parameters.properties.items() %}
  {{- name + ": " + kind.type | default("any") }}{% if not loop.last %}, {% endif %}
{%- endfor -%}
{%- endmacro -%}
{%- if messages[0]['role'] == 'system' -%}
  {{- bos_token + '<s>' + messages[0].content | trim + '</s>' -}}
{%- endif -%}
{%- if tools is defined and tools is not none and tools | length > 0 -%}
  {%- for tool in tools -%}{{- tool | tojson(indent=2) -}}{{- describe(tool) -}}{%- endfor -%}
{%- endif -%}
{%- for message in messages[1:] | rejectattr("role", "equalto", "note") -%}
  {%- if message.role not in ['user', 'assistant', 'tool'] -%}
    {{- raise_exception('unknown role: ' ~ message.role) -}}
  {%- elif message.tool_calls is defined and message.tool_calls is iterable -%}
    {%- for call in message.tool_calls -%}{{- call.function.arguments | tojson -}}{%- endfor -%}
  {%- elif message.content is string and message.content.startswith('<think>') -%}
    {{- message.content.split('</think>')[-1].lstrip('\\n') -}}
  {%- else -%}
    {{- '[' ~ message.role | upper ~ '] ' ~ message.content | replace('\\r', '') ~ eos_token -}}
  {%- endif -%}
  {%- set ns.index = ns.index + 1 -%}
{%- endfor -%}
{%- if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% endif -%}
{%- if add_generation_prompt -%}{{ '[ASSISTANT] ' }}{%- endif -%}"""


def make(collector: Collector) -> None:
    for label, part in (
        ("onnx", onnx_models),
        ("onnx/converted", converted),
        ("safetensors", tensors),
        ("gguf", gguf_models),
        ("skops", skops_models),
        ("h5py", hdf5),
        ("dill", lambda c: by_value(c, "dill")),
        ("cloudpickle", lambda c: by_value(c, "cloudpickle")),
        ("mlflow", mlflow_models),
    ):
        collector.run(label, part)


def onnx_models(collector: Collector) -> None:
    onnx, np = need("onnx"), need("numpy")
    helper, numpy_helper, kinds = onnx.helper, need("onnx.numpy_helper"), onnx.TensorProto

    def model(opset: int = 17, **more: Any) -> Any:
        weight = numpy_helper.from_array(np.random.default_rng(0).normal(size=(64, 8)).astype("f4"), "w")
        nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
        graph = helper.make_graph(nodes, "net", [helper.make_tensor_value_info("x", kinds.FLOAT, ["n", 64])], [helper.make_tensor_value_info("y", kinds.FLOAT, ["n", 8])], [weight])
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="trainer", **more)
        helper.set_model_props(made, {"author": "nobody", "task": "test"})
        return made

    for opset in (9, 13, 17, 21):
        collector.save("onnx", f"opset{opset}.onnx", "onnx", lambda path, opset=opset: onnx.save(model(opset), str(path)))

    def control(path: Any) -> None:
        true = helper.make_graph([helper.make_node("Identity", ["x"], ["a"])], "t", [], [helper.make_tensor_value_info("a", kinds.FLOAT, None)])
        false = helper.make_graph([helper.make_node("Neg", ["x"], ["b"])], "f", [], [helper.make_tensor_value_info("b", kinds.FLOAT, None)])
        graph = helper.make_graph([helper.make_node("If", ["c"], ["y"], then_branch=true, else_branch=false)], "g", [helper.make_tensor_value_info("c", kinds.BOOL, []), helper.make_tensor_value_info("x", kinds.FLOAT, [2])], [helper.make_tensor_value_info("y", kinds.FLOAT, [2])])
        onnx.save(helper.make_model(graph), str(path))

    collector.save("onnx", "control_flow.onnx", "onnx", control)
    collector.save("onnx", "model.onnx.json", "json", lambda path: onnx.save(model(), str(path), format="json"))
    collector.save("onnx", "model.textproto", "text", lambda path: onnx.save(model(), str(path), format="textproto"))

    def external(path: Any, one: bool) -> None:
        path.mkdir()
        onnx.save_model(model(), str(path / "model.onnx"), save_as_external_data=True, all_tensors_to_one_file=one, location="weights.bin" if one else None, size_threshold=0)

    collector.save("onnx", "external_one", "onnx-external", lambda path: external(path, True))
    collector.save("onnx", "external_many", "onnx-external", lambda path: external(path, False))

    def functions(path: Any) -> None:
        body = helper.make_function("local", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)])
        graph = helper.make_graph([helper.make_node("Twice", ["x"], ["y"], domain="local")], "g", [helper.make_tensor_value_info("x", kinds.FLOAT, [2])], [helper.make_tensor_value_info("y", kinds.FLOAT, [2])])
        onnx.save(helper.make_model(graph, functions=[body], opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]), str(path))

    collector.save("onnx", "local_function.onnx", "onnx", functions)
    collector.save("onnx", "tensor.pb", "onnx-tensor", lambda path: onnx.save_tensor(numpy_helper.from_array(np.eye(3)), str(path)))


def converted(collector: Collector) -> None:
    skl2onnx, np = need("skl2onnx"), need("numpy")
    from sklearn import ensemble, feature_extraction, linear_model, neighbors, neural_network, pipeline, preprocessing, svm, tree

    features, labels, targets = data()
    features = features.astype("f4")
    models: dict[str, Any] = {
        "logistic": linear_model.LogisticRegression(),
        "forest": ensemble.RandomForestClassifier(4),
        "boosting": ensemble.HistGradientBoostingClassifier(max_iter=4),
        "svm": svm.SVC(probability=False),
        "neighbors": neighbors.KNeighborsClassifier(),
        "network": neural_network.MLPClassifier((4,), max_iter=10),
        "pipeline": pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()),
        "tree": tree.DecisionTreeClassifier(max_depth=3),
    }
    for name, model in models.items():
        collector.save("skl2onnx", f"{name}.onnx", "onnx", lambda path, model=model: path.write_bytes(skl2onnx.to_onnx(model.fit(features, labels), features[:1]).SerializeToString()))
    text = pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(), linear_model.LogisticRegression()).fit(TEXTS, [1, 0] * 15)
    kinds = need("skl2onnx.common.data_types")
    collector.save("skl2onnx", "text.onnx", "onnx", lambda path: path.write_bytes(skl2onnx.convert_sklearn(text, initial_types=[("t", kinds.StringTensorType([None]))]).SerializeToString()))
    tools = need("onnxmltools")
    xgb, lgb = need("xgboost"), need("lightgbm")
    types = need("onnxmltools.convert.common.data_types")
    shape = [("x", types.FloatTensorType([None, 5]))]
    collector.save("onnxmltools", "xgboost.onnx", "onnx", lambda path: path.write_bytes(tools.convert_xgboost(xgb.XGBClassifier(n_estimators=3).fit(features, labels), initial_types=shape).SerializeToString()))
    collector.save("onnxmltools", "lightgbm.onnx", "onnx", lambda path: path.write_bytes(tools.convert_lightgbm(lgb.LGBMClassifier(n_estimators=3, verbose=-1).fit(features, labels), initial_types=shape).SerializeToString()))
    del np, targets


def tensors(collector: Collector) -> None:
    st, np = need("safetensors.numpy"), need("numpy")
    weights = {f"layers.{i}.weight": np.random.default_rng(i).normal(size=(8, 8)).astype("f4") for i in range(4)}
    collector.save("safetensors", "model.safetensors", "safetensors", lambda path: st.save_file(weights, str(path), metadata={"format": "pt"}))
    collector.save("safetensors", "no_metadata.safetensors", "safetensors", lambda path: st.save_file(weights, str(path)))
    collector.save("safetensors", "empty.safetensors", "safetensors", lambda path: st.save_file({}, str(path)))
    collector.save("safetensors", "scalar.safetensors", "safetensors", lambda path: st.save_file({"s": np.array(1.0), "e": np.zeros((0, 2))}, str(path)))
    training = {"ss_network_module": "networks.lora", "ss_tag_frequency": json.dumps({"img": {"cat": 3}}), "modelspec.title": "style", "modelspec.description": "A small adapter. See https://example.com/card"}
    collector.save("safetensors", "lora_metadata.safetensors", "safetensors", lambda path: st.save_file(weights, str(path), metadata=training))
    kinds = "bool int8 uint8 int16 int32 int64 float16 float32 float64 uint16 uint32 uint64".split()
    collector.save("safetensors", "types.safetensors", "safetensors", lambda path: st.save_file({k: np.ones(3, k) for k in kinds}, str(path)))
    torch, stt = need("torch"), need("safetensors.torch")
    collector.save("safetensors", "bfloat16.safetensors", "safetensors", lambda path: stt.save_file({"w": torch.ones(3, 3, dtype=torch.bfloat16), "f8": torch.ones(4).to(torch.float8_e4m3fn)}, str(path)))
    collector.save("safetensors", "module.safetensors", "safetensors", lambda path: stt.save_model(torch.nn.Linear(3, 3), str(path)))


def gguf_models(collector: Collector) -> None:
    gguf, np = need("gguf"), need("numpy")

    def write(path: Any, template: Any = None, architecture: str = "llama", adapter: bool = False, quantized: bool = False) -> None:
        writer = gguf.GGUFWriter(str(path), architecture)
        writer.add_name("small")
        writer.add_description("A small model")
        writer.add_license("apache-2.0")
        writer.add_url("https://example.com/model")
        writer.add_block_count(1)
        writer.add_context_length(2048)
        writer.add_embedding_length(32)
        writer.add_head_count(2)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_file_type(0)
        writer.add_tags(["text-generation", "test"])
        writer.add_languages(["en", "de"])
        writer.add_tokenizer_model("gpt2")
        writer.add_token_list([f"tok{i}" for i in range(500)])
        writer.add_token_scores([0.0] * 500)
        writer.add_token_types([1] * 500)
        writer.add_token_merges([f"a{i} b{i}" for i in range(200)])
        writer.add_bos_token_id(1)
        if template is not None:
            writer.add_chat_template(template)
        if adapter:
            writer.add_type(gguf.GGUFType.ADAPTER)
        weight = np.random.default_rng(0).normal(size=(32, 64)).astype("f4")
        if quantized:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor("blk.0.ffn_up.weight", gguf.quants.quantize(weight, kind), raw_dtype=kind)
        writer.add_tensor("token_embd.weight", weight)
        writer.add_tensor("output.weight", weight.astype("f2"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    collector.save("gguf", "plain.gguf", "gguf", lambda path: write(path))
    collector.save("gguf", "chatml.gguf", "gguf", lambda path: write(path, CHATML))
    collector.save("gguf", "tools.gguf", "gguf", lambda path: write(path, TOOLS, "qwen2"))
    collector.save("gguf", "named_templates.gguf", "gguf", lambda path: write(path, [{"name": "default", "template": CHATML}, {"name": "tool_use", "template": TOOLS}]))
    collector.save("gguf", "adapter.gguf", "gguf", lambda path: write(path, adapter=True))
    collector.save("gguf", "quantized.gguf", "gguf", lambda path: write(path, CHATML, "gemma", quantized=True))


def skops_models(collector: Collector) -> None:
    skops, np = need("skops.io"), need("numpy")
    from sklearn import ensemble, feature_extraction, linear_model, pipeline, preprocessing, svm

    features, labels, _ = data()
    builders: dict[str, Any] = {
        "logistic": lambda: linear_model.LogisticRegression().fit(features, labels),
        "forest": lambda: ensemble.RandomForestClassifier(3).fit(features, labels),
        "boosting": lambda: ensemble.GradientBoostingClassifier(n_estimators=3).fit(features, labels),
        "hist": lambda: ensemble.HistGradientBoostingClassifier(max_iter=3).fit(features, labels),
        "pipeline": lambda: pipeline.make_pipeline(preprocessing.StandardScaler(), svm.SVC()).fit(features, labels),
        "text": lambda: pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(), linear_model.SGDClassifier()).fit(TEXTS, [1, 0] * 15),
        "function": lambda: preprocessing.FunctionTransformer(np.log1p).fit(abs(features)),
        "partial": lambda: preprocessing.FunctionTransformer(functools.partial(np.sum, axis=1)),
        "values": lambda: {"a": [1, 2.5, "x", None, True], "t": (1, 2), "n": np.arange(3), "s": {1}, "o": collections.OrderedDict(a=1), "r": np.random.RandomState(0)},
        "xgboost": lambda: need("xgboost").XGBClassifier(n_estimators=2).fit(features, labels),
        "lightgbm": lambda: need("lightgbm").LGBMClassifier(n_estimators=2, verbose=-1).fit(features, labels),
    }
    for name, build in builders.items():
        collector.save("skops", f"{name}.skops", "skops", lambda path, build=build: skops.dump(build(), path))


def hdf5(collector: Collector) -> None:
    h5py, np = need("h5py"), need("numpy")

    def write(path: Any, **options: Any) -> None:
        with h5py.File(path, "w", **options) as file:
            group = file.create_group("layers/dense")
            group.create_dataset("kernel", data=np.eye(20), compression="gzip", chunks=True)
            group.create_dataset("bias", data=np.zeros(20, "f4"))
            group.attrs["names"] = ["kernel", "bias"]
            file.attrs["note"] = "weights only"
            file["alias"] = h5py.SoftLink("/layers/dense/kernel")
            file.create_dataset("text", data="words", dtype=h5py.string_dtype())

    collector.save("h5py", "weights.h5", "hdf5", lambda path: write(path))
    collector.save("h5py", "weights_latest.hdf5", "hdf5", lambda path: write(path, libver="latest"))


def by_value(collector: Collector, package: str) -> None:
    """Plain data and fitted estimators, without functions of the user's own."""
    pickler, np = need(package), need("numpy")
    from sklearn import ensemble, linear_model, pipeline, preprocessing

    features, labels, _ = data()
    builders: dict[str, Any] = {
        "plain": lambda: {"a": [1, 2], "d": datetime.datetime(2024, 1, 1), "p": pathlib.PurePosixPath("x"), "o": collections.OrderedDict(a=1)},
        "array": lambda: np.arange(6.0).reshape(2, 3),
        "pipeline": lambda: pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()).fit(features, labels),
        "forest": lambda: ensemble.RandomForestClassifier(3).fit(features, labels),
        "frame": lambda: need("makers.tables").frame(),
        "tensors": lambda: need("torch").nn.Linear(2, 2).state_dict(),
        "module": lambda: need("torch").nn.Sequential(need("torch").nn.Linear(2, 2)),
        "counter": lambda: collections.Counter("abc"),
        "partial": lambda: functools.partial(int, base=2),
        "types": lambda: [int, np.float32, dict, type(None)],
    }
    for name, build in builders.items():
        collector.save(package, f"{name}.pkl", package, lambda path, build=build: path.write_bytes(pickler.dumps(build())))


def mlflow_models(collector: Collector) -> None:
    mlflow = need("mlflow.sklearn")
    from sklearn import ensemble

    features, labels, _ = data()
    model = ensemble.RandomForestClassifier(3).fit(features, labels)
    for form in ("cloudpickle", "pickle", "skops"):
        collector.save("mlflow", f"sklearn_{form}", "mlflow", lambda path, form=form: mlflow.save_model(model, str(path), serialization_format=form, pip_requirements=["scikit-learn"]))
    collector.save("mlflow", "xgboost", "mlflow", lambda path: need("mlflow.xgboost").save_model(need("xgboost").XGBClassifier(n_estimators=2).fit(features, labels), str(path), pip_requirements=["xgboost"]))
    collector.save("mlflow", "lightgbm", "mlflow", lambda path: need("mlflow.lightgbm").save_model(need("lightgbm").LGBMClassifier(n_estimators=2, verbose=-1).fit(features, labels), str(path), pip_requirements=["lightgbm"]))
    collector.save("mlflow", "torch", "mlflow", lambda path: need("mlflow.pytorch").save_model(need("torch").nn.Linear(2, 2), str(path), pip_requirements=["torch"]))
