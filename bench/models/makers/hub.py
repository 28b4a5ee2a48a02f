"""Folders as model hubs hold them: transformers, tokenizers, sentence-transformers, adapters, trainer files."""

from __future__ import annotations

import json
from typing import Any

from . import Collector, need
from .exchange import CHATML, TOOLS
from .torch_values import saved


def make(collector: Collector) -> None:
    for label, part in (
        ("hf/models", models),
        ("hf/tokenizers", tokenizers),
        ("hf/trainer", trainer),
        ("hf/objects", objects),
        ("peft", adapters),
        ("sentence-transformers", sentences),
    ):
        collector.run(label, part)


def tokenizer() -> Any:
    """A byte-pair tokenizer trained on two sentences, wrapped for transformers."""
    kit, transformers = need("tokenizers"), need("transformers")
    made = kit.Tokenizer(kit.models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = kit.pre_tokenizers.ByteLevel()
    made.decoder = kit.decoders.ByteLevel()
    made.train_from_iterator(["a small text to learn from", "and another"] * 5, kit.trainers.BpeTrainer(vocab_size=300, special_tokens=["<unk>", "<s>", "</s>", "<pad>"]))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=made, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="<pad>", model_max_length=64)


def small_models() -> dict[str, Any]:
    t = need("transformers")
    common = {"vocab_size": 300, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    return {
        "bert": lambda: t.BertForSequenceClassification(t.BertConfig(**common)),
        "gpt2": lambda: t.GPT2LMHeadModel(t.GPT2Config(vocab_size=300, n_embd=16, n_layer=1, n_head=2)),
        "llama": lambda: t.LlamaForCausalLM(t.LlamaConfig(**common, num_key_value_heads=2)),
        "qwen2": lambda: t.Qwen2ForCausalLM(t.Qwen2Config(**common, num_key_value_heads=2)),
        "t5": lambda: t.T5ForConditionalGeneration(t.T5Config(vocab_size=300, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2)),
        "vit": lambda: t.ViTForImageClassification(t.ViTConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32, image_size=32)),
        "distilbert": lambda: t.DistilBertModel(t.DistilBertConfig(vocab_size=300, dim=16, n_layers=1, n_heads=2, hidden_dim=32)),
        "whisper": lambda: t.WhisperForConditionalGeneration(t.WhisperConfig(vocab_size=300, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)),
    }


def models(collector: Collector) -> None:
    torch = need("torch")
    for name, build in small_models().items():
        def folder(path: Any, build: Any = build, name: str = name) -> None:
            path.mkdir()
            build().save_pretrained(str(path))
            if name in ("gpt2", "llama", "qwen2", "bert"):
                words = tokenizer()
                if name != "bert":
                    words.chat_template = TOOLS if name == "qwen2" else CHATML
                words.save_pretrained(str(path))
            (path / "README.md").write_text(f"---\nlicense: apache-2.0\ntags: [test]\nlibrary_name: transformers\n---\n\n# Small {name}\n\n```python\nfrom transformers import AutoModel\nAutoModel.from_pretrained('small')\n```\n")
            (path / "requirements.txt").write_text("torch>=2.0\ntransformers==4.45.0\n")

        collector.save("hf", name, "hub-folder", folder)
        collector.save("hf", f"{name}_bin", "hub-folder", lambda path, build=build: (path.mkdir(), torch.save(build().state_dict(), path / "pytorch_model.bin")))
    for name in ("bert", "gpt2", "llama"):
        saved(collector, f"{name}_module", small_models()[name], framework="hf")
    collector.save("hf", "sharded", "hub-folder", lambda path: small_models()["llama"]().save_pretrained(str(path), max_shard_size="20KB"))


def tokenizers(collector: Collector) -> None:
    kit = need("tokenizers")
    words = tokenizer()
    collector.save("hf", "tokenizer", "hub-folder", lambda path: words.save_pretrained(str(path)))
    collector.pickled("hf", "tokenizer_fast", lambda: words, protocols=(2, 4))
    collector.pickled("hf", "tokenizers_object", lambda: words.backend_tokenizer, protocols=(2, 4))
    for name, model in (("wordpiece", kit.models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]")), ("wordlevel", kit.models.WordLevel({"[UNK]": 0}, unk_token="[UNK]")), ("unigram", kit.models.Unigram([("<unk>", 0.0), ("a", -1.0)], 0))):
        collector.save("hf", f"{name}.json", "tokenizer-json", lambda path, model=model: kit.Tokenizer(model).save(str(path)))

    def template(path: Any) -> None:
        path.mkdir()
        (path / "chat_template.jinja").write_text(TOOLS)
        (path / "chat_template.json").write_text(json.dumps({"chat_template": CHATML}))

    collector.save("hf", "templates", "chat-template", template)


def trainer(collector: Collector) -> None:
    t, torch = need("transformers"), need("torch")
    options = [{}, {"fp16": False, "lr_scheduler_type": "cosine", "warmup_steps": 5, "gradient_checkpointing": True}, {"optim": "adafactor", "save_strategy": "no", "label_names": ["labels"]}]
    for number, more in enumerate(options):
        args = t.TrainingArguments(output_dir="out", report_to=[], use_cpu=True, **more)
        collector.save("hf", f"training_args_{number}.bin", "torch-zip", lambda path, args=args: torch.save(args, path))
        collector.pickled("hf", f"training_args_{number}", lambda args=args: args, protocols=(2, 4))
    collector.save("hf", "seq2seq_training_args.bin", "torch-zip", lambda path: torch.save(t.Seq2SeqTrainingArguments(output_dir="out", report_to=[], use_cpu=True), path))

    def run(path: Any) -> None:
        """A whole run of the trainer with its checkpoint folder: optimizer, scheduler, rng, arguments."""
        rows = [{"input_ids": [1, 2, 3], "labels": [1, 2, 3]}] * 8
        args = t.TrainingArguments(output_dir=str(path), report_to=[], use_cpu=True, max_steps=2, save_steps=2, per_device_train_batch_size=2, disable_tqdm=True)
        t.Trainer(model=small_models()["gpt2"](), args=args, train_dataset=rows).train()

    collector.save("hf", "run", "hub-folder", run)


def objects(collector: Collector) -> None:
    t = need("transformers")
    builders = {
        "configs": lambda: [t.BertConfig(), t.GPT2Config(), t.LlamaConfig(), t.GenerationConfig(max_length=20)],
        "encoding": lambda: tokenizer()(["a text"], return_tensors="pt"),
        "encoding_plain": lambda: tokenizer()(["a text"]),
        "output": lambda: small_models()["bert"]()(input_ids=need("torch").ones(1, 4, dtype=need("torch").long)),
        "processor": lambda: t.ViTImageProcessor(),
        "quantization": lambda: t.BitsAndBytesConfig(load_in_8bit=True),
        "metrics": lambda: [t.trainer_utils.EvalPrediction(predictions=[1], label_ids=[1]), t.trainer_utils.IntervalStrategy.STEPS, t.TrainerState()],
    }
    for name, build in builders.items():
        collector.pickled("hf", name, build, protocols=(2, 4))


def adapters(collector: Collector) -> None:
    peft = need("peft")
    for name, config in (
        ("lora", lambda: peft.LoraConfig(r=2, target_modules=["c_attn"], task_type="CAUSAL_LM", fan_in_fan_out=True)),
        ("ia3", lambda: peft.IA3Config(target_modules=["c_attn"], feedforward_modules=[], fan_in_fan_out=True)),
        ("prompt", lambda: peft.PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=2, num_layers=1, token_dim=16, num_attention_heads=2)),
    ):
        collector.save("peft", name, "hub-folder", lambda path, config=config: peft.get_peft_model(small_models()["gpt2"](), config()).save_pretrained(str(path)))
        collector.save("peft", f"{name}_bin", "hub-folder", lambda path, config=config: peft.get_peft_model(small_models()["gpt2"](), config()).save_pretrained(str(path), safe_serialization=False))
    saved(collector, "lora_module", lambda: peft.get_peft_model(small_models()["gpt2"](), peft.LoraConfig(r=2, target_modules=["c_attn"], fan_in_fan_out=True)), framework="peft")


def sentences(collector: Collector) -> None:
    import tempfile

    st, modules = need("sentence_transformers"), need("sentence_transformers.models")

    def build() -> Any:
        t = need("transformers")
        with tempfile.TemporaryDirectory() as folder:
            t.BertModel(t.BertConfig(vocab_size=300, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)).save_pretrained(folder)
            tokenizer().save_pretrained(folder)
            words = modules.Transformer(folder)
            return st.SentenceTransformer(modules=[words, modules.Pooling(16), modules.Dense(16, 8), modules.Normalize()], device="cpu")

    collector.save("sentence-transformers", "encoder", "hub-folder", lambda path: build().save(str(path)))
    saved(collector, "encoder_module", build, framework="sentence-transformers", legacy=False)
