"""Three steps of the tiny system on three different batches, in PyTorch: what moves although a batch says nothing of it.

    python make.py            # after ../mini/make.py; torch 2.13, transformers 5.23, safetensors 0.8

Weights and batch are those of ../mini; step t has `ids/t`, the same mask, labels and image times `scales[t]`, and the
rate `rates[t]`. Dropout is off, the decay is large enough to show. steps.safetensors has, with t = 0, 1, 2: `loss/t` before the step; `after/t/NAME` of the
word table, of the attention's projection and of every running statistic; and `validation`, the loss in evaluation mode
on the labels as they are, before the first step. No batch has [PAD] where it counts, and each leaves words out that
the one before had.
"""

import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

here = Path(__file__).parent
mini = here.parent / "mini"
sys.path.append(str(mini))
from twin import SIZES, System, adamw, focal_loss, smooth, without_dropout  # noqa: E402

# As in tests/fidelity/step.ts. The published decay, 1e-5 times a rate of 1e-4, leaves every float32 as it is.
DECAY = 0.1
WATCHED = ("word_embeddings", "self_attention.in_proj", "running_")

model = System(**SIZES["tiny"])
model.load_state_dict(load_file(mini / "weights.safetensors"))
batch = load_file(mini / "batch.safetensors")
image, mask, labels = batch["image"], batch["attention_mask"], batch["labels"]
generator = torch.Generator().manual_seed(7)
scales, rates = torch.tensor([1.0, 0.5, -1.0]), torch.tensor([1e-3, 1e-4, 5e-4])
file = {"scales": scales, "rates": rates}

model.eval()
with torch.no_grad():
    file["validation"] = focal_loss(model(image, batch["input_ids"], mask), labels)
without_dropout(model)
optimizer = adamw(model, DECAY)
for t in range(3):
    # Words 1-14, 8-21 and 15-28: the table has 29.
    ids = torch.randint(1 + 7 * t, 15 + 7 * t, mask.shape, generator=generator) * mask
    optimizer.param_groups[0]["lr"] = rates[t].item()
    optimizer.zero_grad()
    loss = focal_loss(model(image * scales[t], ids, mask), smooth(labels))
    loss.backward()
    optimizer.step()
    file |= {f"ids/{t}": ids, f"loss/{t}": loss}
    file |= {f"after/{t}/{name}": value.clone() for name, value in model.state_dict().items() if any(w in name for w in WATCHED)}
save_file({name: value.detach().contiguous() for name, value in file.items()}, here / "steps.safetensors")
