"""Steps of a small network under each setting of training, by PyTorch: what tests/train/settings_test.ts compares.

    python make.py            # writes steps.json

Made with torch 2.14.1 and transformers' learning rate schedules.
"""
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(7)
ROWS, IN, HIDDEN, LABELS, STEPS, RATE = 4, 5, 6, 3, 6, 0.05


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(IN, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, LABELS))


BATCHES = [(torch.randn(ROWS, IN), (torch.rand(ROWS, LABELS) < 0.4).float()) for _ in range(STEPS)]


def cross_entropy(z, y):
    return F.binary_cross_entropy_with_logits(z, y)


def asymmetric(z, y, positive=1.0, negative=4.0, margin=0.05):
    p = torch.sigmoid(z)
    shifted = (p - margin).clamp(min=0)
    a = y * (1 - p) ** positive * torch.log(p.clamp(min=1e-8))
    b = (1 - y) * shifted ** negative * torch.log((1 - shifted).clamp(min=1e-8))
    return -(a + b).mean()


def adamw(net):
    return torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.1)


def adam(net):
    return torch.optim.Adam(net.parameters(), lr=RATE, weight_decay=0.1)


def grouped(net):
    first, second = net[0], net[2]
    return torch.optim.AdamW([
        {"params": [first.weight], "lr": RATE * 0.5, "weight_decay": 0.1},
        {"params": [first.bias], "lr": RATE * 0.5, "weight_decay": 0.0},
        {"params": [second.weight], "lr": RATE, "weight_decay": 0.1},
        {"params": [second.bias], "lr": RATE, "weight_decay": 0.0},
    ])


def run(optimizer=adamw, loss=cross_entropy, clip=None, accumulate=1, decay=None, waiting=0):
    """`waiting`: steps for which the first layer does not learn."""
    net = network()
    opt = optimizer(net)
    average = {k: v.clone() for k, v in net.state_dict().items()}
    losses = []
    for step in range(STEPS // accumulate):
        net[0].requires_grad_(step >= waiting)
        opt.zero_grad(set_to_none=True)
        total = 0.0
        for x, y in BATCHES[step * accumulate:(step + 1) * accumulate]:
            value = loss(net(x), y)
            (value / accumulate).backward()
            total += value.item() / accumulate
        losses.append(total)
        if clip is not None:
            nn.utils.clip_grad_norm_(net.parameters(), clip)
        opt.step()
        if decay is not None:
            for k, v in net.state_dict().items():
                average[k] = decay * average[k] + (1 - decay) * v
    out = {"losses": losses, "weights": {k: v.flatten().tolist() for k, v in net.state_dict().items()}}
    if decay is not None:
        out["average"] = {k: v.flatten().tolist() for k, v in average.items()}
    return out


def rates(build):
    net = network()
    opt = torch.optim.SGD(net.parameters(), lr=RATE)
    schedule = build(opt, num_warmup_steps=3, num_training_steps=12)
    found = []
    for _ in range(12):
        found.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return found


def main():
    from transformers import get_cosine_schedule_with_warmup, get_linear_schedule_with_warmup

    weight = torch.tensor([1.0, 2.0, 5.0])
    golden = {
        "first": {k: v.flatten().tolist() for k, v in network().state_dict().items()},
        "batches": [{"x": x.flatten().tolist(), "y": y.flatten().tolist()} for x, y in BATCHES],
        "runs": {
            "adamw": run(),
            "adam": run(adam),
            "positive weight": run(loss=lambda z, y: F.binary_cross_entropy_with_logits(z, y, pos_weight=weight)),
            "asymmetric": run(loss=asymmetric),
            "groups": run(grouped),
            "clipped": run(clip=0.05),
            "accumulated": run(accumulate=2),
            "averaged": run(decay=0.8),
            "staged": run(waiting=2),
            "all of it": run(grouped, clip=0.05, accumulate=2, decay=0.8, waiting=1),
        },
        "rates": {"linear": rates(get_linear_schedule_with_warmup), "cosine": rates(get_cosine_schedule_with_warmup)},
    }
    Path(__file__).with_name("steps.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
