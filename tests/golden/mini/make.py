"""Makes what `deno task parity` compares with: weights, a batch and the numbers PyTorch got, beside this script; and
names.json, the full-size state_dict.

Run with torch 2.13, transformers 5.23, safetensors 0.8: python make.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from twin import System, unusual, without_dropout

here = Path(__file__).parent

# As `tiny` in src/cli/parity.ts.
TINY = dict(
    blocks=[1, 1, 1, 1],
    width=2,
    bert=dict(
        vocab_size=29,
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
        initializer_range=0.3,
    ),
    projection=8,
    heads=4,
    labels=5,
)
FULL = dict(blocks=[3, 4, 6, 3], width=64, bert={}, projection=512, heads=8, labels=26)
PIXELS, TOKENS, BATCH, STEPS = 48, 12, 4, 5


def focal_loss(logits, labels):
    y = 0.9 * labels + 0.1 * (1 - labels)
    p = logits.sigmoid()
    missed = 1 - (p * y + (1 - p) * (1 - y))
    alpha = 0.25 * y + 0.75 * (1 - y)
    return (alpha * missed**2 * F.binary_cross_entropy_with_logits(logits, y, reduction="none")).mean()


def save(name, tensors):
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, here / f"{name}.safetensors")


def golden(seed):
    torch.manual_seed(seed)
    model = unusual(System(**TINY))
    mask = torch.arange(TOKENS) < torch.tensor([TOKENS, 9, 6, 3])[:, None]
    labels = (torch.rand(BATCH, TINY["labels"]) < 0.3).float()
    inputs = dict(
        image=torch.randn(BATCH, 3, PIXELS, PIXELS),
        input_ids=torch.randint(1, TINY["bert"]["vocab_size"], (BATCH, TOKENS)) * mask,
        attention_mask=mask.long(),
    )
    save("weights", model.state_dict())
    save("batch", inputs | {"labels": labels})

    model.eval()
    with torch.no_grad():
        evaluated = model(**inputs)
    without_dropout(model)
    learns = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = torch.optim.AdamW(learns.values(), lr=1e-4, weight_decay=1e-5)
    losses = []
    for step in range(STEPS):
        optimizer.zero_grad()
        logits = model(**inputs)
        loss = focal_loss(logits, labels)
        loss.backward()
        if step == 0:
            trained, norms = logits.tolist(), {name: p.grad.norm().item() for name, p in learns.items()}
        optimizer.step()
        losses.append(loss.item())
    save("after", model.state_dict())
    numbers = dict(size="tiny", seed=seed, eval_logits=evaluated.tolist(), train_logits=trained)
    numbers |= dict(gradient_norms=norms, losses=losses)
    (here / "golden.json").write_text(json.dumps(numbers, indent=1) + "\n")


def names():
    """[name, shape, trainable | frozen | buffer], sorted; `meta` tensors have shapes and no numbers."""
    with torch.device("meta"):
        model = System(**FULL)
    kinds = {
        name: "trainable" if p.requires_grad else "frozen"
        for name, p in model.named_parameters(remove_duplicate=False)
    }
    rows = [[key, list(value.shape), kinds.get(key, "buffer")] for key, value in model.state_dict().items()]
    (here / "names.json").write_text("[\n" + ",\n".join(map(json.dumps, sorted(rows))) + "\n]\n")


golden(seed=0)
names()
