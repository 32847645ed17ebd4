"""Losses of logits and labels, smoothed or not."""

import torch
import torch.nn.functional as F
from graph import graph


def cross_entropy(s, z, y, **options):
    return F.binary_cross_entropy_with_logits(z, y, **options)


def focal(s, z, y):
    p = torch.sigmoid(z)
    right = p * y + (1 - p) * (1 - y)
    weight = s["alpha"] * y + (1 - s["alpha"]) * (1 - y)
    return (weight * (1 - right) ** s["gamma"] * cross_entropy(s, z, y, reduction="none")).mean()


def weighted(s, z, y):
    return cross_entropy(s, z, y, pos_weight=torch.tensor(s["positiveWeight"], dtype=z.dtype))


def balanced(s, z, y):
    counts = torch.tensor(s["positives"], dtype=z.dtype)
    return cross_entropy(s, z, y, pos_weight=(s["rows"] / counts).clamp(max=s["cap"]))


def asymmetric(s, z, y):
    """The code of https://arxiv.org/abs/2009.14119, averaged; of labels of 0 and 1."""
    p = torch.sigmoid(z)
    others = (1 - p + s["margin"]).clamp(max=1)
    loss = y * torch.log(p.clamp(min=1e-8)) + (1 - y) * torch.log(others.clamp(min=1e-8))
    gamma = s["gammaPositive"] * y + s["gammaNegative"] * (1 - y)
    if s["gammaPositive"] == 0 and s["gammaNegative"] == 0:
        return -loss.mean()
    return -(loss * (1 - p * y - others * (1 - y)) ** gamma).mean()


def of(loss):
    def run(settings, inputs):
        labels, epsilon = torch.tensor(inputs["labels"]), settings.get("smoothing", 0)

        def value(given, weights, training):
            y = labels.to(given["logits"].dtype)
            return loss(settings, given["logits"], y * (1 - epsilon) + (1 - y) * epsilon), {}

        return graph({"logits": inputs["logits"]}, value, limits=True)

    return run


KINDS = {
    "focal": of(focal),
    "binaryCrossEntropy": of(cross_entropy),
    "positiveWeight": of(weighted),
    "balancedCrossEntropy": of(balanced),
    "asymmetric": of(asymmetric),
}
