"""What goldens of graph recipes are made of: one batch forwards and backwards, and three steps of Adam."""

import json

import torch
import torch.nn.functional as F
from safetensors.torch import save_file


def save(path, tensors):
    single = lambda t: t.detach().to(torch.float32 if t.is_floating_point() else torch.int32).contiguous().clone()
    save_file({key: single(value) for key, value in tensors.items()}, path)


def write(folder, model, inputs, labels, steps=3, rate=1e-4):
    """Writes weights, batch, golden.json and after into a folder; `inputs` are the model's, by name. Dropout is off."""
    save(folder / "weights.safetensors", model.state_dict())
    save(folder / "batch.safetensors", inputs | {"labels": labels})
    model.eval()
    with torch.no_grad():
        evaluated = model(**inputs)
    model.train()
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        logits = model(**inputs)
        loss = F.binary_cross_entropy_with_logits(logits, labels)
        loss.backward()
        if step == 0:
            trained = logits.tolist()
            norms = {name: p.grad.norm().item() for name, p in model.named_parameters() if p.grad is not None}
        optimizer.step()
        losses.append(loss.item())
    save(folder / "after.safetensors", model.state_dict())
    numbers = dict(eval_logits=evaluated.tolist(), train_logits=trained, gradient_norms=norms, losses=losses)
    (folder / "golden.json").write_text(json.dumps(numbers, indent=1) + "\n")
