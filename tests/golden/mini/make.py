"""Makes what `deno task parity` compares with: weights, a batch and the numbers PyTorch got; and names.json, the
full-size state_dict.

    python make.py                            # tiny, beside this script, and names.json
    python make.py --size full --out DIR      # 1.4 GB, for `deno task parity DIR` and `deno task fidelity --full DIR`

Run with torch 2.13, transformers 5.23, safetensors 0.8.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from twin import SIZES, System, adamw, focal_loss, smooth, unusual, without_dropout

here = Path(__file__).parent

# Pixels, tokens and steps.
INPUTS = {"tiny": (48, 12, 5), "mini": (64, 16, 5), "full": (224, 16, 3)}
BATCH = 4


def save(path, tensors):
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()}, path)


def golden(size, seed, out):
    pixels, tokens, steps = INPUTS[size]
    torch.manual_seed(seed)
    model = unusual(System(**SIZES[size]))
    mask = torch.arange(tokens) < torch.tensor([tokens, tokens * 3 // 4, tokens // 2, tokens // 4])[:, None]
    labels = (torch.rand(BATCH, SIZES[size]["labels"]) < 0.3).float()
    inputs = dict(
        image=torch.randn(BATCH, 3, pixels, pixels),
        input_ids=torch.randint(1, model.text_backbone.config.vocab_size, (BATCH, tokens)) * mask,
        attention_mask=mask.long(),
    )
    out.mkdir(parents=True, exist_ok=True)
    save(out / "weights.safetensors", model.state_dict())
    save(out / "batch.safetensors", inputs | {"labels": labels})

    model.eval()
    with torch.no_grad():
        evaluated = model(**inputs)
    without_dropout(model)
    learns = {name: p for name, p in model.named_parameters() if p.requires_grad}
    optimizer = adamw(model)
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        logits = model(**inputs)
        loss = focal_loss(logits, smooth(labels))
        loss.backward()
        if step == 0:
            trained, norms = logits.tolist(), {name: p.grad.norm().item() for name, p in learns.items()}
        optimizer.step()
        losses.append(loss.item())
    save(out / "after.safetensors", model.state_dict())
    numbers = dict(size=size, seed=seed, eval_logits=evaluated.tolist(), train_logits=trained)
    numbers |= dict(gradient_norms=norms, losses=losses)
    (out / "golden.json").write_text(json.dumps(numbers, indent=1) + "\n")


def names():
    """[name, shape, trainable | frozen | buffer], sorted; `meta` tensors have shapes and no numbers."""
    with torch.device("meta"):
        model = System(**SIZES["full"])
    kinds = {
        name: "trainable" if p.requires_grad else "frozen"
        for name, p in model.named_parameters(remove_duplicate=False)
    }
    rows = [[key, list(value.shape), kinds.get(key, "buffer")] for key, value in model.state_dict().items()]
    (here / "names.json").write_text("[\n" + ",\n".join(map(json.dumps, sorted(rows))) + "\n]\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="tiny")
    parser.add_argument("--out", type=Path, default=here, help="a folder; this one unless given")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    golden(asked.size, asked.seed, asked.out)
    if asked.out == here:
        names()
