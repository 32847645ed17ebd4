"""Makes the safetensors files beside this script: layers in PyTorch, forwards and backwards, and AdamW.

A file has `weight/*` (the state_dict), `input/*` (images with their channels last), `output`, `towards` (the gradient
that comes from above), `gradient/*` of every parameter, `gradient_input/*`, `after/*` (buffers after the pass) and
`evaluated` (the output in evaluation mode, before the pass). Dropout is off.

Run with torch 2.13, transformers 5.23, safetensors 0.8: python make.py
"""

from pathlib import Path

import case as golden
import torch
from case import channels_first, copies
from multimodal import (
    ActivationMapAttention,
    Bitransformer,
    CentralPath,
    GatedUnit,
    Maxout,
    Reconstruction,
    image_tokens,
)
from torch import nn
from transformers import BertConfig, BertModel
from twin import ResNet, SwiGLU, unusual

here = Path(__file__).parent


def case(name, *parts):
    golden.case(here / f"{name}.safetensors", *parts)


def save(name, file):
    golden.save(here / f"{name}.safetensors", file)


class Fusion(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)
        self.norm = nn.LayerNorm(features)

    def forward(self, a, b):
        x = torch.cat((a, b), 1)
        token = x[:, None]
        return self.norm(self.attention(token, token, token)[0][:, 0] + x)


class Head(nn.Sequential):
    def __init__(self, features, inner, labels):
        super().__init__(nn.LayerNorm(features), SwiGLU(features, inner), nn.Dropout(0.3), nn.Linear(inner, labels))


def batch_norm(name):
    """Three steps: outputs, and statistics after each."""
    norm = unusual(nn.BatchNorm2d(3))
    xs = torch.randn(3, 2, 4, 5, 3) * torch.tensor([0.5, 1.0, 3.0]) + torch.tensor([2.0, 0.0, -1.0])
    file = copies("weight", norm.state_dict().items()) | {"xs": xs}
    outputs, statistics = [], []
    for x in xs:
        outputs.append(channels_first(norm, x).detach())
        statistics.append({key: value.clone() for key, value in norm.named_buffers()})
    file["outputs"] = torch.stack(outputs)
    file |= {f"after/{key}": torch.stack([step[key] for step in statistics]) for key in statistics[0]}
    save(name, file)


def adamw(name):
    """Five steps with other gradients and another rate each: the parameter after each, and both moments at the end."""
    parameter = nn.Parameter(torch.randn(3, 4))
    gradients = torch.randn(5, 3, 4) * torch.logspace(-9, 1, 12).view(3, 4)
    gradients[1] = 0  # as of a parameter without influence on one batch: moments and decay still move it
    rates = torch.tensor([1e-3, 1e-1, 3e-2, 1e-2, 1e-4])
    file = {"parameter": parameter.clone(), "gradients": gradients, "rates": rates}
    optimizer = torch.optim.AdamW([parameter], betas=(0.8, 0.97), eps=1e-7, weight_decay=0.3)
    steps = []
    for gradient, rate in zip(gradients, rates):
        optimizer.param_groups[0]["lr"] = rate.item()
        parameter.grad = gradient
        optimizer.step()
        steps.append(parameter.detach().clone())
    state = optimizer.state[parameter]
    save(name, file | {"after": torch.stack(steps), "mean": state["exp_avg"], "square": state["exp_avg_sq"]})


torch.manual_seed(0)
case("linear", nn.Linear(5, 4), {"x": torch.randn(2, 3, 5)})
case("conv2d", nn.Conv2d(3, 4, 3, 2, 1, bias=False), {"x": torch.randn(2, 6, 7, 3)}, channels_first)
case("layer_norm", nn.LayerNorm(6), {"x": 3 * torch.randn(2, 3, 6) + 1})
case("max_pool", nn.MaxPool2d(3, 2, 1), {"x": torch.randn(2, 6, 7, 3) - 4}, channels_first)
case("embedding", nn.Embedding(7, 4, padding_idx=0), {"x": torch.tensor([[3, 0, 3], [6, 1, 0]])})
case("swiglu", SwiGLU(7, 5), {"x": torch.randn(2, 3, 7)})
for tokens in (1, 2, 7):
    case(
        f"self_attention_{tokens}",
        nn.MultiheadAttention(12, 3, batch_first=True),
        {"x": torch.randn(2, tokens, 12)},
        lambda module, x: module(x, x, x)[0],
    )
case(
    "attention_fusion",
    Fusion(12, 4),
    {"a": torch.randn(3, 8), "b": torch.randn(3, 4)},
    lambda module, a, b: module(a, b),
)
case("classifier_head", Head(8, 6, 5), {"x": torch.randn(4, 8)})
case("batch_norm_once", nn.BatchNorm2d(3), {"x": torch.randn(2, 4, 5, 3)}, channels_first)
batch_norm("batch_norm")
case("resnet", ResNet([2, 1], 4), {"x": torch.randn(3, 24, 20, 3)}, channels_first)

config = BertConfig(
    vocab_size=17,
    hidden_size=8,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=12,
    max_position_embeddings=9,
    initializer_range=0.5,
)
texts = {
    "ids": torch.tensor([[2, 5, 16, 9, 3, 0], [2, 11, 3, 0, 0, 0], [2, 7, 7, 1, 4, 3]]),
    "mask": torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]]),
}
case(
    "bert",
    BertModel(config),
    texts,
    lambda module, ids, mask: module(input_ids=ids, attention_mask=mask).pooler_output,
)
case(
    "bert_encoder",
    BertModel(config, add_pooling_layer=False),
    texts,
    lambda module, ids, mask: module(input_ids=ids, attention_mask=mask).last_hidden_state,
)
adamw("adamw")

torch.manual_seed(1)
pair = lambda module, a, b: module(a, b)
case("gated_unit", GatedUnit(5, 3, 4), {"a": torch.randn(3, 5), "b": torch.randn(3, 3)}, pair)
case("maxout", Maxout(5, 4, 3), {"x": torch.randn(3, 2, 5)})
case(
    "central_path",
    CentralPath([nn.Linear(4, 4), nn.Linear(4, 3)]),
    {name: torch.randn(3, 4) for name in "abcd"},
    lambda module, a, b, c, d: module([[a, b], [c, d]]),
)
case("reconstruction", Reconstruction(5, 7, 4), {"a": torch.randn(3, 5), "b": torch.randn(3, 4)}, pair)
case(
    "activation_map_attention",
    ActivationMapAttention(5, 3),
    {"x": torch.randn(2, 3, 4, 5)},
    lambda module, x: torch.cat(module(x.permute(0, 3, 1, 2)), 1),
)
for count in (1, 3, 4):
    tokens = lambda module, x: image_tokens(x.permute(0, 3, 1, 2), count)
    case(f"image_tokens_{count}", nn.Identity(), {"x": torch.randn(2, 7, 5, 3)}, tokens)
Bitransformer.separator = 4
case(
    "bitransformer",
    Bitransformer(config),
    {"image": torch.randn(3, 2, 8)} | texts,
    lambda module, image, ids, mask: module(image, ids, mask),
)
