"""Operations on tensors."""

import math

import torch
import torch.nn.functional as F
from graph import of


def heads_of(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attention(s, query, key, value, mask=None):
    size = query.shape[-1] // s["heads"]
    query, key, value = (heads_of(x, s["heads"]) for x in (query, key, value))
    scores = query @ key.transpose(-1, -2) / math.sqrt(size)
    if mask is not None:  # added, as in transformers: a row that sees nothing sees all alike
        scores = scores + (mask == 0)[:, None, None, :] * torch.finfo(torch.float32).min
    return (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)


def segment_softmax(s, x, segments):
    shape = (s["count"], x.shape[1])
    index = segments[:, None].expand(-1, shape[1])
    most = torch.full(shape, -math.inf, dtype=x.dtype).scatter_reduce(0, index, x.detach(), "amax")
    raised = (x - most[segments]).exp()
    return raised / torch.zeros(shape, dtype=x.dtype).index_add(0, segments, raised)[segments]


def segment_sum(s, x, segments):
    return torch.zeros(s["count"], x.shape[1], dtype=x.dtype).index_add(0, segments, x)


def leaky_relu(s, x):
    return F.leaky_relu(x, s["slope"])


def batch_norm(s, x, scale, offset, mean, variance):
    return (x - mean) / torch.sqrt(variance + s["epsilon"]) * scale + offset


ACTIVATIONS = {
    "elu": F.elu,
    "gelu": F.gelu,
    "relu": F.relu,
    "relu6": F.relu6,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
}

KINDS = {name: of(lambda s, x, f=f: f(x)) for name, f in ACTIVATIONS.items()} | {
    "leakyRelu": of(leaky_relu),
    "attention": of(attention),
    "segmentSoftmax": of(segment_softmax),
    "segmentSum": of(segment_sum),
    "largest": of(lambda s, x: x.amax(-1)),
    "cosine": of(lambda s, a, b: F.cosine_similarity(a, b, dim=-1)),
    "batchNorm": of(batch_norm),
    "smooth": of(lambda s, x: x * (1 - s["epsilon"]) + (1 - x) * s["epsilon"]),
}
