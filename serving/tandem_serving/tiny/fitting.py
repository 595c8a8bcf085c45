"""Fits the tiny Gemma 4 to conversations, in a minute. Runs where the engines run, with the shim on PYTHONPATH.

    PYTHONPATH=shim python fitting.py FOLDER < conversations.json

Takes `tiny-gemma4` from the folder and puts `tiny-gemma4-fitted` beside it. The conversations are a list of lists of
messages. Nothing is drawn: two fits on one machine are the same.
"""

import json
import math
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, Gemma4ForCausalLM

BASE = "tiny-gemma4"
FITTED = "tiny-gemma4-fitted"
STEPS = 500
BATCH = 8
PEAK_RATE = 1e-2
WARM_UP_STEPS = 20
NOT_LEARNT = -100
"""What the loss passes by, by a convention of PyTorch."""


def write_fitted(folder: Path, conversations: Sequence[Sequence[dict[str, str]]]) -> None:
    """Writes the fitted checkpoint, in place of any that is there."""
    partial = folder / f"{FITTED}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(folder / BASE, partial)
    tokenizer = AutoTokenizer.from_pretrained(folder / BASE)
    model = Gemma4ForCausalLM.from_pretrained(folder / BASE, dtype=torch.float32)
    texts = [tokenizer.apply_chat_template(each, tokenize=False) for each in conversations]
    _fit(model, tokenizer(texts, add_special_tokens=False)["input_ids"])
    model.to(torch.bfloat16).save_pretrained(partial)
    shutil.copy(folder / BASE / "generation_config.json", partial)  # saving a model writes one of its own
    shutil.rmtree(folder / FITTED, ignore_errors=True)
    partial.rename(folder / FITTED)


def _fit(model: Any, texts: Sequence[list[int]]) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    model.train()
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * _share_of_peak(step)
        loss = _loss(model, [texts[(step * BATCH + row) % len(texts)] for row in range(BATCH)])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 50 == 49:
            sys.stdout.write(f"step {step + 1}: {loss.item():.3f} nats a token\n")


def _share_of_peak(step: int) -> float:
    warmed = min(1.0, (step + 1) / WARM_UP_STEPS)
    return warmed * 0.5 * (1.0 + math.cos(math.pi * step / STEPS))


def _loss(model: Any, texts: Sequence[list[int]]) -> torch.Tensor:
    longest = max(map(len, texts))
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
    known = torch.tensor([[1] * len(text) + [0] * (longest - len(text)) for text in texts])
    loss: torch.Tensor = model(ids, attention_mask=known, labels=ids.masked_fill(known == 0, NOT_LEARNT)).loss
    return loss


if __name__ == "__main__":
    write_fitted(Path(sys.argv[1]), json.load(sys.stdin))
