"""What PyTorch's random numbers come to, as distributions: logits under dropout, and first weights.

    python make.py            # after ../mini/make.py; torch 2.13, transformers 5.23, safetensors 0.8; some minutes

dropout.json: over `passes` passes of the tiny system of ../mini in training mode on its batch, with dropout live: of each
logit the mean, the variance, and the standard error of both.
init.json: of each parameter that starts at random in the published system, in size `SIZE`: how many numbers, the largest
magnitude, and the mean square, or the one value it starts with.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

here = Path(__file__).parent
mini = here.parent / "mini"
sys.path.append(str(mini))
from twin import SIZES, System, bert  # noqa: E402

PASSES = 20000
# As `middling` in tests/fidelity/chance.ts.
SIZE = dict(blocks=[1, 1, 1, 1], width=8, bert=bert(97, 96, 4, 64, 32, 0.02), projection=48, heads=8, labels=26)


def dropout():
    model = System(**SIZES["tiny"])
    model.load_state_dict(load_file(mini / "weights.safetensors"))
    batch = load_file(mini / "batch.safetensors")
    inputs = [batch[name] for name in ("image", "input_ids", "attention_mask")]
    torch.manual_seed(11)
    model.train()
    with torch.no_grad():
        logits = torch.stack([model(*inputs).flatten() for _ in range(PASSES)]).double()
    off = logits - logits.mean(0)
    variance = (off**2).mean(0)
    numbers = dict(
        passes=PASSES,
        mean=logits.mean(0).tolist(),
        meanError=(variance / PASSES).sqrt().tolist(),
        variance=variance.tolist(),
        varianceError=(((off**4).mean(0) - variance**2) / PASSES).sqrt().tolist(),
    )
    (here / "dropout.json").write_text(json.dumps(numbers, indent=1) + "\n")


def init():
    torch.manual_seed(12)
    rows = {}
    for name, p in System(**SIZE).named_parameters():
        if name.startswith(("image_backbone", "text_backbone")):
            continue
        p = p.detach().double()
        first = p.flatten()[0].item()
        same = bool((p == first).all())
        rows[name] = dict(always=first) if same else dict(
            count=p.numel(), largest=p.abs().max().item(), square=(p**2).mean().item()
        )
    (here / "init.json").write_text(json.dumps(rows, indent=1) + "\n")


init()
dropout()
