"""Writes down what a PyTorch twin of a recipe computes: what `tests/recipes/twins.ts` compares the recipe with.

A twin's `forward` takes the inputs by name and gives logits, or a tuple that begins with them; its parameters have the
recipe's names. A recipe's make.py builds the twin, small, and calls `record`.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

golden = Path(__file__).parent
sys.path += [str(golden / "mini"), str(golden / "layers")]
from transformers import BertConfig, BertModel  # noqa: E402
from twin import ResNet, unusual, without_dropout  # noqa: E402

# The small towers, as in tests/recipes/twins.ts; both give this many features.
FEATURES, LABELS = 16, 5
IMAGE = dict(blocks=[1, 1], width=2)
TEXT = dict(
    vocab_size=29,
    hidden_size=FEATURES,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=16,
    initializer_range=0.3,
)


def image_tower():
    return ResNet(**IMAGE)


def text_tower(kind=BertModel, **options):
    return kind(BertConfig(**TEXT), **options)


def mean_text(bert, input_ids, attention_mask):
    """The mean hidden state of the tokens that are there."""
    hidden = bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    seen = attention_mask[..., None]
    return (hidden * seen).sum(1) / seen.sum(1)


def cross_entropy(output, labels, **options):
    return F.binary_cross_entropy_with_logits(output, labels, **options)


def adam(model):
    return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-4)


def adamw(model):
    """Decay 0.01, but none of biases and LayerNorms."""
    learns = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    kept = lambda name: name.endswith(".bias") or "LayerNorm" in name
    groups = [
        {"params": [p for name, p in learns if not kept(name)], "weight_decay": 0.01},
        {"params": [p for name, p in learns if kept(name)], "weight_decay": 0},
    ]
    return torch.optim.AdamW(groups, lr=1e-4)


def posters_and_plots(batch=6, pixels=24, tokens=12):
    """Inputs of that size; the texts have different lengths."""
    lengths = torch.linspace(tokens, 3, batch).long()
    mask = (torch.arange(tokens) < lengths[:, None]).long()
    return dict(
        image=torch.randn(batch, 3, pixels, pixels),
        input_ids=torch.randint(1, TEXT["vocab_size"], (batch, tokens)) * mask,
        attention_mask=mask,
    )


def save(path, tensors):
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, path)


def record(folder, model, inputs, labels=LABELS, loss=cross_entropy, optimizer=adam, clip=None, steps=3):
    """Evaluates, and learns without dropout for some steps; `clip` is the largest norm of all gradients together."""
    unusual(model)
    folder = Path(folder)
    batch = len(next(iter(inputs.values())))
    labels = (torch.rand(batch, labels) < 0.3).float()
    save(folder / "weights.safetensors", model.state_dict())
    save(folder / "batch.safetensors", inputs | {"labels": labels})
    logits = lambda output: (output[0] if isinstance(output, tuple) else output).tolist()

    model.eval()
    with torch.no_grad():
        numbers = {"eval_logits": logits(model(**inputs))}
    without_dropout(model)
    learns = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer, losses = optimizer(model), []
    for step in range(steps):
        optimizer.zero_grad()
        output = model(**inputs)
        value = loss(output, labels)
        value.backward()
        if step == 0:
            numbers["train_logits"] = logits(output)
            numbers["gradient_norms"] = {name: p.grad.norm().item() for name, p in learns.items()}
        if clip is not None:
            assert torch.nn.utils.clip_grad_norm_(learns.values(), clip) > clip, "nothing is clipped"
        optimizer.step()
        losses.append(value.item())
    save(folder / "after.safetensors", model.state_dict())
    (folder / "golden.json").write_text(json.dumps(numbers | {"losses": losses}, indent=1) + "\n")
