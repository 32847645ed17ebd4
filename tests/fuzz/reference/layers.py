"""Layers with their parameters, under PyTorch's names; images have their channels last."""

import torch
import torch.nn.functional as F
from graph import graph


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def padded(x, size, window, value=0.0):
    """x, channels first, with its padding; TensorFlow's where that is `same`."""
    padding, stride = window["padding"], window["stride"]
    if padding != "same":
        return F.pad(nchw(x), [padding] * 4, value=value)
    sides = []
    for length in x.shape[2:0:-1]:
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        sides += [total // 2, total - total // 2]
    return F.pad(nchw(x), sides, value=value)


def convolution(s, I, P, groups=1):
    x = padded(I["x"], s["kernel"], s)
    return nhwc(F.conv2d(x, P["weight"], P.get("bias"), s["stride"], groups=groups))


def max_pool(s, I, P):
    if s["padding"] != "same" and s["padding"] >= s["size"]:
        raise ValueError("a window in the padding alone has no largest number")
    return nhwc(F.max_pool2d(padded(I["x"], s["size"], s, -torch.inf), s["size"], s["stride"]))


def batch_norm(s, inputs):
    buffers = ("running_mean", "running_var", "num_batches_tracked")

    def run(I, P, training):
        x, (mean, variance) = I["x"], (P[name].clone() for name in buffers[:2])
        rows = x.reshape(-1, x.shape[-1])
        y = F.batch_norm(rows, mean, variance, P["weight"], P["bias"], training, s["momentum"], s["epsilon"])
        after = dict(zip(buffers, (mean, variance, P[buffers[2]] + 1)))
        return y.reshape(x.shape), after if training else {}

    return graph(inputs, run, buffers)


def self_attention(s, I, P):
    x = I["x"].transpose(0, 1)
    size, names = x.shape[-1], ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
    weight, bias, out_weight, out_bias = (P[name] for name in names)
    y, _ = F.multi_head_attention_forward(
        x, x, x, size, s["heads"], weight, bias, None, None, False, 0.0, out_weight, out_bias, need_weights=False
    )
    return y.transpose(0, 1)


def linear(P, name, x):
    return F.linear(x, P[f"{name}.weight"], P.get(f"{name}.bias"))


def swiglu(s, I, P):
    return linear(P, "w2_output", F.silu(linear(P, "w1_gate", I["x"])) * linear(P, "w3_value", I["x"]))


def gated_unit(s, I, P):
    v, t = linear(P, "first", I["a"]), linear(P, "second", I["b"])
    z = torch.sigmoid(linear(P, "gate", torch.cat([v, t], -1)))
    return z * torch.tanh(v) + (1 - z) * torch.tanh(t)


def maxout(s, I, P):
    return F.linear(I["x"], P["weight"], P["bias"]).unflatten(-1, (-1, s["pieces"])).amax(-1)


def squeeze_excitation(s, I, P):
    x = nchw(I["x"])
    inner = F.silu(F.conv2d(x.mean((2, 3), keepdim=True), P["fc1.weight"], P["fc1.bias"]))
    return nhwc(x * torch.sigmoid(F.conv2d(inner, P["fc2.weight"], P["fc2.bias"])))


def activation_map(s, I, P):
    maps = linear(P, "classifier", I["x"])
    likely = torch.sigmoid(maps.mean((1, 2)))[:, None, None, :]
    weights = (maps * likely).sum(-1).flatten(1).softmax(-1)
    return (I["x"].flatten(1, 2) * weights[..., None]).sum(1)


def mean_tokens(s, I, P):
    seen = I["mask"][..., None]
    return (I["tokens"] * seen).sum(1) / seen.sum(1)


def weighted_sum(s, I, P):
    return sum(P["weight"][k] * I[name] for k, name in enumerate(sorted(I)))


def reconstruction(s, I, P):
    decoded = linear(P, "output", F.relu(linear(P, "hidden", I["a"])))
    return 1 - F.cosine_similarity(decoded, I["b"], dim=-1)


def adjacency(s, I):
    """How many edges lead from the column's node to the row's."""
    x = I["x"]
    matrix = torch.zeros(len(x), len(x), dtype=x.dtype)
    if "edges" in I:
        source, target = I["edges"]
        return matrix.index_put((target, source), torch.ones(len(source), dtype=x.dtype), accumulate=True)
    target = torch.arange(len(x))[:, None].expand_as(I["neighbours"])
    return matrix.index_put((target, I["neighbours"]), I["mask"].to(x.dtype), accumulate=True)


def gcn(s, I, P):
    matrix = adjacency(s, I)
    degree = matrix.sum(1)
    share = torch.where(degree > 0, degree.clamp(min=1) ** -0.5, 0)
    return (share[:, None] * matrix * share) @ F.linear(I["x"], P["lin.weight"]) + P["bias"]


def sage(s, I, P):
    matrix = adjacency(s, I)
    mean = (matrix @ I["x"]) / matrix.sum(1).clamp(min=1)[:, None]
    return linear(P, "lin_l", mean) + linear(P, "lin_r", I["x"])


def gat(s, I, P):
    matrix, heads = adjacency(s, I), s["heads"]
    h = F.linear(I["x"], P["lin.weight"]).unflatten(-1, (heads, -1))
    scores = F.leaky_relu((h * P["att_src"]).sum(-1)[None] + (h * P["att_dst"]).sum(-1)[:, None], s["slope"])
    there = (matrix > 0)[..., None]
    most = scores.detach().masked_fill(~there, -torch.inf).amax(1, keepdim=True).clamp(min=-1e30)
    raised = matrix[..., None] * (scores - most).masked_fill(~there, -torch.inf).exp()
    total = raised.sum(1, keepdim=True)
    weights = raised / torch.where(total > 0, total, 1)
    y = torch.einsum("tsh,shf->thf", weights, h)
    y = (y.flatten(1) if s["join"] == "concat" else y.mean(1)) + P["bias"]
    return y + F.linear(I["x"], P["res.weight"]) if s["residual"] else y


def adaptive_mean_pool(s, I, P):
    return nhwc(F.adaptive_avg_pool2d(nchw(I["x"]), (s["rows"], s["columns"])))


def bert(s, inputs):
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=s["vocabulary"],
        hidden_size=s["width"],
        num_hidden_layers=s["layers"],
        num_attention_heads=s["heads"],
        intermediate_size=s["hidden"],
        max_position_embeddings=s["positions"],
        hidden_dropout_prob=0,
        attention_probs_dropout_prob=0,
        attn_implementation="eager",
    )
    model = BertModel(config)

    def run(I, P, training):
        model.to(P["pooler.dense.weight"].dtype)
        given = {"input_ids": I["ids"], "attention_mask": I["mask"]}
        return torch.func.functional_call(model, P, kwargs=given).pooler_output, {}

    return graph(inputs, run)


def of(layer):
    return lambda s, inputs: graph(inputs, lambda I, P, training: (layer(s, I, P), {}))


KINDS = {"batchNorm": batch_norm, "bert": bert} | {
    name: of(layer)
    for name, layer in {
        "linear": lambda s, I, P: F.linear(I["x"], P["weight"], P.get("bias")),
        "conv2d": convolution,
        "depthwiseConv2d": lambda s, I, P: convolution(s, I, P, len(P["weight"])),
        "maxPool": max_pool,
        "meanPool": lambda s, I, P: I["x"].mean((1, 2)),
        "adaptiveMeanPool": adaptive_mean_pool,
        "layerNorm": lambda s, I, P: F.layer_norm(I["x"], I["x"].shape[-1:], P["weight"], P["bias"], s["epsilon"]),
        "embedding": lambda s, I, P: F.embedding(I["x"], P["weight"], s.get("paddingIndex")),
        "selfAttention": self_attention,
        "swiglu": swiglu,
        "gatedUnit": gated_unit,
        "maxout": maxout,
        "squeezeExcitation": squeeze_excitation,
        "activationMapAttention": activation_map,
        "meanTokens": mean_tokens,
        "weightedSum": weighted_sum,
        "reconstruction": reconstruction,
        "gcn": gcn,
        "sage": sage,
        "gat": gat,
    }.items()
}
