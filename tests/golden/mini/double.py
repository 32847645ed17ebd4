"""How far PyTorch in float32 is from PyTorch in float64, on a folder that make.py has written: what no float32 can be
asked to be nearer than.

    python double.py DIR

Run with torch 2.13, transformers 5.23, safetensors 0.8.
"""

import json
import sys
from pathlib import Path

from safetensors.torch import load_file
from twin import SIZES, System, adamw, focal_loss, smooth, without_dropout

folder = Path(sys.argv[1])
golden = json.loads((folder / "golden.json").read_text())
before, after = load_file(folder / "weights.safetensors"), load_file(folder / "after.safetensors")
batch = load_file(folder / "batch.safetensors")
labels, image = batch.pop("labels").double(), batch["image"].double()

model = System(**SIZES[golden["size"]])
model.load_state_dict(before)
without_dropout(model.double())
learns = {name: p for name, p in model.named_parameters() if p.requires_grad}
optimizer = adamw(model)
for step in range(len(golden["losses"])):
    optimizer.zero_grad()
    loss = focal_loss(model(**batch | {"image": image}), smooth(labels))
    loss.backward()
    if step == 0:
        norms = {name: p.grad.norm().item() for name, p in learns.items()}
    optimizer.step()


def say(what, found):
    name, most = max(found.items(), key=lambda item: item[1])
    print(f"{what:44} {most:.1e}  {name}")


given = golden["gradient_norms"]
say("gradient norms (relative)", {name: abs(given[name] - x) / max(x, 1e-3) for name, x in norms.items()})
way, statistics = {}, {}
for name, exact in model.state_dict().items():
    off = after[name].double() - exact
    if "running" in name:
        statistics[name] = off.abs().max().item()
    if norms.get(name, 1) >= 1e-6 and off.any():
        way[name] = (off.norm() / (exact - before[name].double()).norm()).item()
say("running statistics after the steps", statistics)
say("weights and buffers after the steps (relative)", way)
