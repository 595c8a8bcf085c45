"""Writes three tiny checkpoints of random weights. Runs where the engines run, with the shim on PYTHONPATH.

    PYTHONPATH=shim python checkpoints.py FOLDER

`tiny-gemma4` is autoregressive. `tiny-diffusiongemma` never settles: each canvas runs all of its 48 passes.
`tiny-diffusiongemma-sure` settles each canvas in two. Nothing is downloaded; two builds are byte-identical.
"""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    DiffusionGemmaConfig,
    DiffusionGemmaForBlockDiffusion,
    DiffusionGemmaTextConfig,
    Gemma4ForCausalLM,
    Gemma4TextConfig,
    Gemma4VisionConfig,
    PreTrainedTokenizerFast,
)

VOCABULARY = 512
CONTEXT_TOKENS = 4096
# Gemma 4's own, so that vLLM's tool and reasoning parsers find theirs. A marker's place here is its token id.
MARKERS = [
    "<pad>",
    "<eos>",
    "<bos>",
    "<unk>",
    "<|turn>",
    "<turn|>",
    "<|channel>",
    "<channel|>",
    "<|think|>",
    "<|tool>",
    "<tool|>",
    "<|tool_call>",
    "<tool_call|>",
    "<|tool_response>",
    "<tool_response|>",
    '<|"|>',
    "<|image>",
    "<|image|>",
    "<image|>",
    "<|audio>",
    "<|audio|>",
    "<audio|>",
    "<|video|>",
]
SPECIAL_IDS = {f"{name}_token_id": MARKERS.index(f"<{name}>") for name in ("pad", "eos", "bos")}
GENERATION = SPECIAL_IDS | {"eos_token_id": [MARKERS.index("<eos>"), MARKERS.index("<turn|>")]}

# The turn markers of the real template. Of tools it only names each one.
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% if tools %}<|turn>system\n"
    "{% for t in tools %}<|tool>{{ t['function']['name'] }}<tool|>{% endfor %}"
    "<turn|>\n{% endif %}"
    "{% for m in messages %}"
    "<|turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n"
    "{% if m['content'] is string %}{{ m['content'] }}"
    "{% else %}{% for p in m['content'] or [] %}{{ p['text'] }}{% endfor %}{% endif %}"
    "<turn|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|turn>model\n{% endif %}"
)

TEXT_TO_LEARN_TOKENS_FROM = (
    "The router sends each prompt to the small engine first and to the large one "
    "when the small one is not sure of its answer.",
    "def add(a, b):\n    return a + b\n\nprint(add(1, 2))\n",
    '{"name": "value", "list": [1, 2, 3], "ok": true, "none": null}',
    "user system model assistant answer question yes no maybe 0 1 2 3 4 5 6 7 8 9",
    "What is the capital of France? The capital of France is Paris.",
)

TEXT_MODEL = {
    "vocab_size": VOCABULARY,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,  # vLLM's attention on a CPU has kernels for some sizes only, and none is smaller
    "global_head_dim": 64,
    "num_global_key_value_heads": 1,
    "max_position_embeddings": CONTEXT_TOKENS,
    "sliding_window": 128,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention"],
    "final_logit_softcapping": 30.0,
    "tie_word_embeddings": True,
    **SPECIAL_IDS,
}
EXPERTS = {"num_experts": 4, "top_k_experts": 2, "moe_intermediate_size": 64}
VISION_MODEL = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "position_embedding_size": 64,
    "default_output_length": 70,  # not declared by the class, but vLLM reads it
}
AUTOREGRESSIVE_SAMPLING = {"do_sample": True, "temperature": 1.0, "top_k": 64, "top_p": 0.95}
CANVAS_TOKENS = 256
# The published DiffusionGemma's own values.
DIFFUSION_SAMPLING = {
    "max_new_tokens": CANVAS_TOKENS,
    "max_denoising_steps": 48,
    "sampler_config": {"_cls_name": "EntropyBoundSamplerConfig", "entropy_bound": 0.1},
    "t_min": 0.4,
    "t_max": 0.8,
    "stability_threshold": 1,
    "confidence_threshold": 0.005,
}


def write_checkpoints(folder: Path) -> None:
    """Writes the three checkpoints, each into a folder of its own name, in place of any that is there."""
    _write(folder / "tiny-gemma4", _gemma4(), AUTOREGRESSIVE_SAMPLING)
    _write(folder / "tiny-diffusiongemma", _diffusion_gemma(), DIFFUSION_SAMPLING)
    _write(folder / "tiny-diffusiongemma-sure", _made_sure(_diffusion_gemma()), DIFFUSION_SAMPLING)


def _write(folder: Path, model: torch.nn.Module, sampling: Mapping[str, object]) -> None:
    # Under its own name only when it is whole: whoever finds the folder need not look into it.
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.to(torch.bfloat16).save_pretrained(partial)
    _tokenizer().save_pretrained(partial)
    (partial / "generation_config.json").write_text(json.dumps({**GENERATION, **sampling}, indent=2))
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    sys.stdout.write(f"{folder.name}\n")


def _gemma4() -> torch.nn.Module:
    settings = TEXT_MODEL | {"vocab_size_per_layer_input": VOCABULARY, "hidden_size_per_layer_input": 0}
    return _randomised(Gemma4ForCausalLM(Gemma4TextConfig(**settings, attention_k_eq_v=True)), seed=1)


def _diffusion_gemma() -> torch.nn.Module:
    config = DiffusionGemmaConfig(
        text_config=DiffusionGemmaTextConfig(**TEXT_MODEL, **EXPERTS),
        vision_config=Gemma4VisionConfig(**VISION_MODEL),  # the class insists on one
        canvas_length=CANVAS_TOKENS,
        boi_token_id=MARKERS.index("<|image>"),
        eoi_token_id=MARKERS.index("<image|>"),
        image_token_id=MARKERS.index("<|image|>"),
    )
    return _randomised(DiffusionGemmaForBlockDiffusion(config), seed=2)


def _randomised(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    """The model with a definite value in every parameter: some classes leave theirs uninitialised."""
    generator = torch.Generator().manual_seed(seed)

    def new_value(_name: str, old: torch.Tensor) -> torch.Tensor:
        if old.ndim < 2:
            return torch.ones(old.shape)
        return torch.randn(old.shape, generator=generator) * 0.05

    return _refilled(model, new_value)


def _made_sure(model: torch.nn.Module) -> torch.nn.Module:
    """The model with silent layers and embeddings far apart, so that each position predicts its own input."""
    generator = torch.Generator().manual_seed(3)

    def new_value(name: str, old: torch.Tensor) -> torch.Tensor:
        if name.endswith(("o_proj.weight", "down_proj.weight", "experts.down_proj")):
            return torch.zeros(old.shape)
        if "embed_tokens" not in name:
            return old
        spread = torch.randn(old.shape, generator=generator)
        return spread / spread.norm(dim=-1, keepdim=True) * 4.0

    return _refilled(model, new_value)


def _refilled(model: torch.nn.Module, new_value: Callable[[str, Any], Any]) -> torch.nn.Module:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(new_value(name, parameter))
    return model


def _tokenizer() -> PreTrainedTokenizerFast:
    fast = PreTrainedTokenizerFast(
        tokenizer_object=_trained_bytes_tokenizer(),
        **{f"{name}_token": f"<{name}>" for name in ("pad", "eos", "bos", "unk")},
        model_max_length=CONTEXT_TOKENS,
        clean_up_tokenization_spaces=False,
        extra_special_tokens={"image_token": "<|image|>", "boi_token": "<|image>", "eoi_token": "<image|>"},
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def _trained_bytes_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))  # noqa: S106 - not a password
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=MARKERS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=1,
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT_TO_LEARN_TOKENS_FROM * 20, trainer)
    # Random weights draw from the whole vocabulary, so every id must have a text.
    tokenizer.add_tokens([f"~{i}" for i in range(VOCABULARY - tokenizer.get_vocab_size())])
    return tokenizer


if __name__ == "__main__":
    write_checkpoints(Path(sys.argv[1]))
