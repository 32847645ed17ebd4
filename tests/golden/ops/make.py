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

# Where two kinks meet: derivatives at exactly 0, and at the ends of a range.
kinks = torch.tensor([0.0, -0.0, 1e-6, -1e-6, 0.5, -0.5, 6, -6, 3, 30, -30, 1e4, -1e4, 1e-37])
for name, options, activation in [
    ("relu6", {}, F.relu6),
    ("elu", {}, F.elu),
    ("leakyRelu", {"slope": 0.2}, lambda x: F.leaky_relu(x, 0.2)),
    ("softplus", {}, F.softplus),
    *((name, {}, activations[name]) for name in ("relu", "gelu", "silu")),
]:
    case(f"{name} at its kinks", name, {"x": kinks.reshape(2, 7)}, lambda x: {"y": activation(x)}, **options)

zeros = torch.tensor([[0.0, 0, 0, 0, -0.0], [0, 1, -1, 1e-3, -1e-3]])
truth = torch.tensor([[1.0, 0, 0.9, 0.1, 1], [0, 1, 1, 1, 0]])
weights = torch.tensor([5.0, 1, 0.5, 20, 1])
case(
    "weightedCrossEntropy of logits of 0",
    "weightedCrossEntropy",
    {"logits": zeros, "targets": truth, "weight": weights},
    lambda logits, targets, weight: {
        "y": F.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight.detach(), reduction="none")
    },
)
case(
    "weightedCrossEntropy of extreme logits",
    "weightedCrossEntropy",
    {"logits": extreme, "targets": constants, "weight": torch.tensor([0.1, 1, 2, 3, 4, 5, 6, 7, 8.0])},
    lambda logits, targets, weight: {
        "y": F.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight.detach(), reduction="none")
    },
)
case(
    "crossEntropy of logits of 0",
    "crossEntropy",
    {"logits": zeros, "targets": truth},
    lambda logits, targets: {"y": F.binary_cross_entropy_with_logits(logits, targets, reduction="none")},
)
for gamma in (0, 0.5, 1, 2):
    case(
        f"focalLoss of logits of 0, gamma {gamma}",
        "focalLoss",
        {"logits": zeros, "targets": truth},
        lambda logits, targets: focal_loss(logits, targets, 0.25, gamma),
        alpha=0.25,
        gamma=gamma,
    )


def asymmetric_loss(logits, targets, gammaPositive, gammaNegative, margin):
    """The paper's code, of targets of 0 and 1, averaged."""
    p = torch.sigmoid(logits)
    others = (1 - p + margin).clamp(max=1)
    loss = targets * torch.log(p.clamp(min=1e-8)) + (1 - targets) * torch.log(others.clamp(min=1e-8))
    right = p * targets + others * (1 - targets)
    return {"y": -(loss * (1 - right) ** (gammaPositive * targets + gammaNegative * (1 - targets))).mean()}


for options in [
    {"gammaPositive": 0, "gammaNegative": 4, "margin": 0.05},
    {"gammaPositive": 1, "gammaNegative": 2, "margin": 0},
    {"gammaPositive": 0, "gammaNegative": 0, "margin": 0.2},
]:
    case(
        f"asymmetricLoss of logits of 0, {options}",
        "asymmetricLoss",
        {"logits": zeros, "targets": truth.round()},
        lambda logits, targets: asymmetric_loss(logits, targets.detach(), **options),
        **options,
    )

tied = torch.tensor([[[1.0, 3, 3], [2, 2, 2]], [[0, -0.0, -1], [5, 4, 3]]])
case("largest of numbers that tie", "largest", {"x": tied}, lambda x: {"y": x.amax(-1)})
case("largest", "largest", {"x": normal(3, 4, 5)}, lambda x: {"y": x.amax(-1)})

# A row of equal numbers has no deviation, whatever its mean is rounded to; one of nearly equal numbers has its own.
near = torch.full((7, 9), 1 / 3) + 1e-7 * torch.arange(63).reshape(7, 9).remainder(5)
for name, x in [
    ("of equal numbers", torch.tensor([0.1, 1 / 3, 123.456, -3333.3, 1e6 / 7, 0.0])[:, None].expand(6, 11).contiguous()),
    ("of nearly equal numbers", near),
    ("far from 0", normal(4, 50, shift=1000)),
]:
    # The upstream gradient meets 1 / sqrt(epsilon): only the value and the gradients of weight and bias are compared.
    case(
        f"flatLayerNorm {name}",
        "flatLayerNorm",
        {"x": x, "weight": normal(x.shape[-1], shift=1), "bias": normal(x.shape[-1])},
        lambda x, weight, bias: {"y": F.layer_norm(x.detach(), x.shape[-1:], weight, bias, 1e-12)},
        epsilon=1e-12,
    )


def same(length, kernel, stride):
    total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def padded(x, kernel, stride, value=0.0):
    """As TensorFlow's SAME, channels first."""
    (top, bottom), (left, right) = (same(length, kernel, stride) for length in x.shape[1:3])
    return F.pad(nchw(x), (left, right, top, bottom), value=value)


for size, kernel, stride in [((6, 8), 2, 3), ((8, 5), 3, 4), ((5, 6), 2, 5), ((7, 4), 1, 3), ((7, 6), 3, 2)]:
    title = f"of {size[0]} x {size[1]}, kernel {kernel}, stride {stride}, padding same"
    case(
        f"convolution {title}",
        "convolutionSame",
        {"x": normal(2, *size, 3), "weight": normal(kernel, kernel, 3, 4)},
        lambda x, weight: {
            "y": nhwc(F.conv2d(padded(x, kernel, stride), weight.permute(3, 2, 0, 1), stride=stride))
        },
        stride=stride,
    )
    case(
        f"depthwiseConvolution {title}",
        "depthwiseConvolutionSame",
        {"x": normal(2, *size, 3), "weight": normal(kernel, kernel, 1, 3)},
        lambda x, weight: {
            "y": nhwc(F.conv2d(padded(x, kernel, stride), weight.permute(3, 2, 0, 1), stride=stride, groups=3))
        },
        stride=stride,
    )
    case(
        f"maxPool {title}",
        "maxPoolSame",
        {"x": normal(2, *size, 3, shift=-3)},
        lambda x: {"y": nhwc(F.max_pool2d(padded(x, kernel, stride, -math.inf), kernel, stride))},
        size=kernel,
        stride=stride,
    )
for size, kernel, stride, padding in [((1, 1), 1, 4, 1), ((1, 4), 2, 5, 2), ((2, 3), 2, 5, 3), ((3, 3), 1, 2, 4), ((1, 1), 1, 5, 2)]:
    title = f"of {size[0]} x {size[1]}, kernel {kernel}, stride {stride}, padding {padding}: windows beside the image"
    inputs = {"x": normal(2, *size, 3), "weight": normal(kernel, kernel, 3, 4)}
    case(
        f"convolution {title}",
        "convolution",
        inputs,
        lambda x, weight: {
            "y": nhwc(F.conv2d(nchw(x), weight.permute(3, 2, 0, 1), stride=stride, padding=padding))
        },
        stride=stride,
        padding=padding,
    )
    case(
        f"depthwiseConvolution {title}",
        "depthwiseConvolution",
        {"x": normal(2, *size, 3), "weight": normal(kernel, kernel, 1, 3)},
        lambda x, weight: {
            "y": nhwc(F.conv2d(nchw(x), weight.permute(3, 2, 0, 1), stride=stride, padding=padding, groups=3))
        },
        stride=stride,
        padding=padding,
    )

for name, a in [
    ("", normal(3, 5)),
    (" of short vectors", normal(3, 5) * 1e-6),
    (" of vectors shorter than 1e-8", normal(3, 5) * 1e-10),
    (" of vectors of 0", torch.zeros(2, 5)),
    (" of long vectors", normal(3, 5) * 1e6),
]:
    case(
        f"cosine{name}",
        "cosine",
        {"a": a, "b": normal(*a.shape)},
        lambda a, b: {"y": F.cosine_similarity(a, b, dim=-1)},
    )

assert all(math.isfinite(t.double().abs().max()) for t in tensors.values())
save_file(tensors, Path(__file__).parent / "ops.safetensors", metadata={"cases": json.dumps(cases)})
