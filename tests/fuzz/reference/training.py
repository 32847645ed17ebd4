"""
Steps of training a small model: linear layer, tanh, batch normalization, linear layer; with torch.optim, clipping,
accumulation, parameter groups, freezing, parts that begin later, and a running average.
"""

import re

import losses
import numpy as np
import torch
import torch.nn.functional as F

OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
LOSSES = {"binaryCrossEntropy": losses.cross_entropy, "focal": losses.focal, "positiveWeight": losses.weighted}


def names(pattern, name):
    """Whether a pattern of freezing names a parameter."""
    parts = (
        r"(?:[^.]+\.)*" if part == "**" else "[^.]*".join(map(re.escape, part.split("*"))) + r"\."
        for part in pattern.split(".")
    )
    return re.match("".join(parts), name + ".") is not None


def learning(s, all_names):
    """The parameters that learn, with the epochs that they wait."""
    learns = dict.fromkeys(all_names, True)
    for rule in s["freeze"]:
        for name in all_names:
            if names(rule.get("train") or rule["freeze"], name):
                learns[name] = "train" in rule
    waits = lambda name: [stage["epochs"] for stage in s["stages"] if names(stage["freeze"], name)]
    return {name: max(waits(name), default=0) for name in all_names if learns[name]}


def treatment(s, name):
    found = {}
    for group in s["groups"]:
        if names(group["of"], name):
            found |= {key: value for key, value in group.items() if key != "of"}
    return found


def trained(s, inputs, dtype):
    part = lambda prefix: {key[len(prefix) :]: x for key, x in inputs.items() if key.startswith(prefix)}
    P = {name: torch.tensor(x, dtype=dtype) for name, x in part("first/").items()}
    xs, ys = ([torch.tensor(x[str(i)], dtype=dtype) for i in range(len(x))] for x in (part("x/"), part("y/")))
    mean, variance = torch.zeros(len(P["0.bias"]), dtype=dtype), torch.ones(len(P["0.bias"]), dtype=dtype)
    waits, own = learning(s, list(P)), s["optimizer"]
    averages = {name: P[name].clone() for name in waits}
    optimizer, found = None, {"losses": []}

    def loss(x, y):
        h = torch.tanh(F.linear(x, P["0.weight"], P["0.bias"]))
        h = F.batch_norm(h, mean, variance, P["norm.weight"], P["norm.bias"], training=True)
        y = y * (1 - s["smoothing"]) + (1 - y) * s["smoothing"]
        return LOSSES[s["loss"]](s["lossSettings"], F.linear(h, P["2.weight"], P["2.bias"]), y)

    def group(name):
        decay = treatment(s, name).get("weightDecay", own["weightDecay"])
        return {"params": [P[name]], "weight_decay": decay, "name": name}

    batches = range(len(xs))
    for step, start in enumerate(range(0, len(xs), s["accumulate"])):
        epoch = step // s["steps"] if s["stages"] else 10**9
        active = [name for name, wait in waits.items() if wait <= epoch]
        for name, x in P.items():
            x.requires_grad_(name in active)
        if optimizer is None:
            known = list(active)
            settings = {"lr": 1, "betas": (float(own["beta1"]), float(own["beta2"])), "eps": own["epsilon"]}
            optimizer = OPTIMIZERS[s["optimizerName"]]([group(name) for name in known], **settings)
        for name in [name for name in active if name not in known]:
            known.append(name)
            optimizer.add_param_group(group(name))
        for each in optimizer.param_groups:
            each["lr"] = s["rates"][step] * treatment(s, each["name"]).get("rate", 1)
        optimizer.zero_grad()
        values = []
        taken = batches[start : start + s["accumulate"]]
        for i in taken:
            value = loss(xs[i], ys[i])
            (value / len(taken)).backward()
            values.append(float(value.detach()))
        if s["clipNorm"] is not None:
            torch.nn.utils.clip_grad_norm_([P[name] for name in active], s["clipNorm"])
        optimizer.step()
        found["losses"].append(np.mean(values))
        for name in active:
            averages[name] = s["average"] * averages[name] + (1 - s["average"]) * P[name].detach()
    found["losses"] = np.array(found["losses"])
    found |= {"norm.running_mean": mean.numpy(), "norm.running_var": variance.numpy()}
    found |= {name: x.detach().numpy() for name, x in P.items()}
    if s["average"]:
        found |= {f"average/{name}": x.numpy() for name, x in averages.items()}
    for name in waits:
        state = optimizer.state.get(P[name]) or {}
        for moment, key in (("mean", "exp_avg"), ("square", "exp_avg_sq")):
            found[f"{moment}/{name}"] = state.get(key, torch.zeros_like(P[name])).detach().numpy()
    return found


def steps(s, inputs):
    exact, rounded = (trained(s, inputs, dtype) for dtype in (torch.float64, torch.float32))
    return {
        "right": {
            name: {
                "shape": list(x.shape),
                "data": x.astype(np.float32).reshape(-1),
                "noise": float(np.abs(x - rounded[name]).max(initial=0)),
            }
            for name, x in exact.items()
        }
    }


KINDS = {"adam": steps, "adamw": steps}
