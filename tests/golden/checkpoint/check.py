"""Loads a checkpoint of ours into PyTorch with strict=True, and evaluates it there.

    deno run -A tests/golden/checkpoint/save.ts tiny.safetensors
    python tests/golden/checkpoint/check.py tiny.safetensors

    python tests/golden/checkpoint/check.py runs/NAME/best.safetensors --size full     # of a run: names and shapes alone

`save.ts` writes the logits we get into the file's metadata; here the same batch must give the same.
Run with torch 2.13, transformers 5.23, safetensors 0.8.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

mini = Path(__file__).parent.parent / "mini"
sys.path.append(str(mini))
from twin import SIZES, System  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file", type=Path)
parser.add_argument("--size", choices=SIZES, default="tiny")
asked = parser.parse_args()

model = System(**SIZES[asked.size])
arrays = load_file(asked.file)
print(model.load_state_dict(arrays, strict=True), f"{len(arrays)} names")
with safe_open(asked.file, "pt") as file:
    ours = (file.metadata() or {}).get("logits")
if ours is not None:
    batch = load_file(mini / "batch.safetensors")
    model.eval()
    with torch.no_grad():
        theirs = model(*[batch[name] for name in ("image", "input_ids", "attention_mask")])
    off = (theirs - torch.tensor(json.loads(ours)).reshape(theirs.shape)).abs().max().item()
    print(f"evaluation logits differ by {off:.1e}")
    sys.exit(off > 3e-6)
