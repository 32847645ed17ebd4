"""Makes ops.safetensors with PyTorch: every operation of src/ops, forward and backward.

    python make.py        # torch 2.13, safetensors 0.8

Inputs are float32; PyTorch computes in float64, so that what differs from the expected numbers is our own rounding.
Tensors are named `case/in/x`, `case/out/y`, `case/upstream` and `case/grad/x`: the gradient towards each float input of
sum(first output * upstream). Images are [batch, height, width, channels] and kernels [height, width, in, out], as in
src/ops. The metadata lists the cases: name, operation, options.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

torch.manual_seed(11)
cases, tensors = [], {}


def normal(*shape, scale=1.0, shift=0.0):
    return torch.randn(shape) * scale + shift


def case(name, op, inputs, run, **options):
    """Adds a case; `run` is given the inputs by name, float64 where they are float, and returns outputs by name."""
    doubles = {k: v.double().requires_grad_() if v.is_floating_point() else v for k, v in inputs.items()}
    outputs = run(**doubles)
    first = next(iter(outputs.values()))
    upstream = normal(*first.shape)
    (first * upstream.double()).sum().backward()
    parts = {
        **{f"in/{k}": v for k, v in inputs.items()},
        **{f"out/{k}": v for k, v in outputs.items()},
        **{f"grad/{k}": v.grad for k, v in doubles.items() if v.grad is not None},
        "upstream": upstream,
    }
    for part, value in parts.items():
        dtype = torch.float32 if value.is_floating_point() else torch.int32
        tensors[f"{name}/{part}"] = value.detach().to(dtype).clone(memory_format=torch.contiguous_format)
    cases.append({"name": name, "op": op, "options": options})


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


for name, shape in {"matrix": (3, 5), "sequence": (2, 3, 5)}.items():
    inputs = {"x": normal(*shape), "weight": normal(4, 5), "bias": normal(4)}
    case(f"linear {name}", "linear", inputs, lambda **i: {"y": F.linear(i["x"], i["weight"], i["bias"])})
case(
    "linear without bias",
    "linear",
    {"x": normal(2, 3, 5), "weight": normal(4, 5)},
    lambda **i: {"y": F.linear(i["x"], i["weight"])},
)

for size, kernel, stride, padding in [
    ((5, 6), 1, 1, 0),
    ((5, 6), 1, 2, 0),
    ((6, 5), 3, 1, 0),
    ((6, 5), 3, 1, 1),
    ((7, 8), 3, 2, 1),
    ((8, 7), 3, 2, 0),
    ((6, 5), 3, 1, 2),
    ((12, 11), 7, 2, 3),
]:
    inputs = {"x": normal(2, *size, 3), "weight": normal(kernel, kernel, 3, 4)}
    case(
        f"convolution of {size[0]} x {size[1]}, kernel {kernel}, stride {stride}, padding {padding}",
        "convolution",
        inputs,
        lambda x, weight: {
            "y": nhwc(F.conv2d(nchw(x), weight.permute(3, 2, 0, 1), stride=stride, padding=padding))
        },
        stride=stride,
        padding=padding,
    )

for size, window, stride, padding in [((7, 8), 3, 2, 1), ((8, 7), 3, 2, 1), ((6, 5), 2, 2, 0), ((5, 5), 3, 1, 1)]:
    case(
        f"maxPool of {size[0]} x {size[1]}, window {window}, stride {stride}, padding {padding}, all below 0",
        "maxPool",
        {"x": -normal(2, *size, 3).abs() - 1},
        lambda x: {"y": nhwc(F.max_pool2d(nchw(x), window, stride, padding))},
        size=window,
        stride=stride,
        padding=padding,
    )

case("meanPool", "meanPool", {"x": normal(2, 3, 5, 4)}, lambda x: {"y": x.mean((1, 2))})


def batch_norm_training(x, scale, offset, epsilon):
    y = F.batch_norm(nchw(x), None, None, scale, offset, training=True, eps=epsilon)
    return {"y": nhwc(y), "mean": x.mean((0, 1, 2)), "variance": x.var((0, 1, 2), unbiased=True)}


for name, shape, scale, shift in [
    ("", (2, 4, 3, 5), 1, 0),
    (" far from 0", (2, 4, 3, 5), 2, 30),
    (" of two numbers a channel", (2, 1, 1, 5), 1, 0),
]:
    case(
        f"batchNormTraining{name}",
        "batchNormTraining",
        {"x": normal(*shape, scale=scale, shift=shift), "scale": normal(5, shift=1), "offset": normal(5)},
        lambda x, scale, offset: batch_norm_training(x, scale, offset, 1e-5),
        epsilon=1e-5,
    )

case(
    "batchNorm",
    "batchNorm",
    {
        "x": normal(2, 3, 4, 5),
        "scale": normal(5, shift=1),
        "offset": normal(5),
        "mean": normal(5),
        "variance": normal(5).abs() + 0.1,
    },
    # Not F.batch_norm, which has no gradient towards mean and variance.
    lambda x, scale, offset, mean, variance: {
        "y": (x - mean) / torch.sqrt(variance + 1e-5) * scale + offset
    },
    epsilon=1e-5,
)

for name, shape, scale, epsilon in [
    ("sequence", (2, 3, 8), 1, 1e-12),
    ("matrix", (4, 6), 1, 1e-5),
    ("vector", (6,), 1, 1e-5),
    ("of small numbers", (2, 3, 8), 1e-3, 1e-5),
]:
    case(
        f"layerNorm {name}",
        "layerNorm",
        {"x": normal(*shape, scale=scale), "weight": normal(shape[-1], shift=1), "bias": normal(shape[-1])},
        lambda x, weight, bias: {"y": F.layer_norm(x, x.shape[-1:], weight, bias, epsilon)},
        epsilon=epsilon,
    )

ids = torch.tensor([[3, 0, 3, 5], [0, 1, 3, 0]])
for name, padding in [("", None), (" with a padding row", 0)]:
    case(
        f"embedding{name}",
        "embedding",
        {"ids": ids, "table": normal(6, 3)},
        lambda ids, table: {"y": F.embedding(ids, table, padding_idx=padding)},
        **({} if padding is None else {"paddingIndex": padding}),
    )

activations = {"relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "silu": F.silu, "gelu": F.gelu}
wide = torch.cat([normal(21, scale=2), torch.tensor([0.0, -0.0, 1e-6, -1e-6, 5, -5, 9, -9, 20, -20, 90, -90])])
for name, activation in activations.items():
    case(name, name, {"x": wide.reshape(3, 11)}, lambda x: {"y": activation(x)})


def heads_of(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attention(query, key, value, heads, mask=None):
    visible = None if mask is None else mask.bool()[:, None, None, :]
    parts = [heads_of(x, heads) for x in (query, key, value)]
    return {"y": F.scaled_dot_product_attention(*parts, attn_mask=visible).transpose(1, 2).flatten(2)}


mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
for name, queries, keys, extra in [
    ("", 3, 5, {}),
    (" with a mask", 3, 5, {"mask": mask}),
    (" over one token", 1, 1, {}),
]:
    inputs = {"query": normal(2, queries, 8), "key": normal(2, keys, 8), "value": normal(2, keys, 8), **extra}
    case(f"attention{name}", "attention", inputs, lambda **i: attention(**i, heads=2), heads=2)


def focal_loss(logits, targets, alpha, gamma):
    p = torch.sigmoid(logits)
    right = p * targets + (1 - p) * (1 - targets)
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    each = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return {"y": (weight * (1 - right) ** gamma * each).mean()}


hard = (torch.rand(3, 5) < 0.3).float()
extreme = torch.tensor([-1000, -90, -20, -1, 0, 1, 20, 90, 1000.0]).repeat(3, 1)
constants = torch.tensor([0, 1, 0.1]).unsqueeze(1).expand(3, 9).contiguous()
for name, logits, targets in [
    ("hard targets", normal(3, 5, scale=2), hard),
    ("smoothed targets", normal(3, 5, scale=2), hard * 0.8 + 0.1),
    ("extreme logits", extreme, constants),
]:
    case(
        f"focalLoss of {name}",
        "focalLoss",
        {"logits": logits, "targets": targets},
        lambda logits, targets: focal_loss(logits, targets, 0.25, 2),
        alpha=0.25,
        gamma=2,
    )
for name, logits, targets in [("", normal(3, 5, scale=2), hard * 0.8 + 0.1), (" of extreme logits", extreme, constants)]:
    case(
        f"crossEntropy{name}",
        "crossEntropy",
        {"logits": logits, "targets": targets},
        lambda logits, targets: {
            "y": F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
        },
    )

case("smooth", "smooth", {"labels": hard}, lambda labels: {"y": labels * 0.9 + (1 - labels) * 0.1}, epsilon=0.1)
case(
    "focalLoss of extreme logits without focus",
    "focalLoss",
    {"logits": extreme, "targets": constants},
    lambda logits, targets: focal_loss(logits, targets, 0.25, 0),
    alpha=0.25,
    gamma=0,
)

assert all(math.isfinite(t.double().abs().max()) for t in tensors.values())
save_file(tensors, Path(__file__).parent / "ops.safetensors", metadata={"cases": json.dumps(cases)})
