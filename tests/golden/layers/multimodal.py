"""The multimodal layers in PyTorch: what the goldens of layers and of recipes use."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers import BertModel


class GatedUnit(nn.Module):
    def __init__(self, a, b, width):
        super().__init__()
        self.first, self.second = nn.Linear(a, width, bias=False), nn.Linear(b, width, bias=False)
        self.gate = nn.Linear(2 * width, width, bias=False)

    def forward(self, a, b):
        v, t = self.first(a), self.second(b)
        z = torch.sigmoid(self.gate(torch.cat((v, t), 1)))
        return z * torch.tanh(v) + (1 - z) * torch.tanh(t)


class Maxout(nn.Linear):
    def __init__(self, inputs, outputs, pieces=2):
        super().__init__(inputs, outputs * pieces)
        self.pieces = pieces

    def forward(self, x):
        return super().forward(x).unflatten(-1, (-1, self.pieces)).amax(-1)


class WeightedSum(nn.Module):
    def __init__(self, inputs):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(inputs))

    def forward(self, xs):
        return torch.einsum("k,kbf->bf", self.weight, torch.stack(xs))


class CentralPath(nn.Sequential):
    """CentralNet's: `layers` take the weighted sums; two modalities."""

    def __init__(self, layers):
        depths = enumerate(layers)
        super().__init__(*(nn.ModuleDict({"alpha": WeightedSum(2 + (i > 0)), "layer": x}) for i, x in depths))

    def forward(self, states):
        central = []
        for part, modalities in zip(self, states):
            central = [part["layer"](part["alpha"]([*modalities, *central]))]
        return central[0]


def image_tokens(x, count):
    """`[batch, channels, height, width] -> [batch, count, channels]`"""
    grid = {4: (2, 2), 6: (3, 2), 8: (4, 2), 9: (3, 3)}.get(count, (count, 1))
    return F.adaptive_avg_pool2d(x, grid).flatten(2).transpose(1, 2)


class ActivationMapAttention(nn.Module):
    """`[batch, channels, height, width]` to attended features and the image's logits."""

    def __init__(self, channels, labels):
        super().__init__()
        self.classifier = nn.Linear(channels, labels)

    def forward(self, x):
        logits = self.classifier(x.mean((2, 3)))
        maps = torch.einsum("lc,bchw->blhw", self.classifier.weight, x) + self.classifier.bias[:, None, None]
        weights = (maps * logits.sigmoid()[..., None, None]).sum(1).flatten(1).softmax(1)
        return (x.flatten(2) * weights[:, None]).sum(2), logits


class Reconstruction(nn.Module):
    def __init__(self, fused, hidden, features):
        super().__init__()
        self.hidden, self.output = nn.Linear(fused, hidden), nn.Linear(hidden, features)

    def forward(self, fused, modality):
        return 1 - F.cosine_similarity(self.output(F.relu(self.hidden(fused))), modality)


class Bitransformer(BertModel):
    """BERT over [CLS] image [SEP] and text; `separator` is the id of [SEP]."""

    separator = 102

    def forward(self, image, ids, mask):
        words, front = self.embeddings.word_embeddings, image.shape[1] + 2
        separator = torch.full_like(ids[:, :1], self.separator)
        vectors = torch.cat([words(ids[:, :1]), image, words(separator), words(ids[:, 1:])], 1)
        positions = torch.cat([torch.arange(front), torch.arange(ids.shape[1] - 1)])[None]
        segments = (torch.arange(vectors.shape[1]) >= front).long()[None].expand(len(ids), -1)
        seen = torch.cat([mask[:, :1], mask.new_ones(len(mask), front - 1), mask[:, 1:]], 1)
        return super().forward(
            inputs_embeds=vectors, attention_mask=seen, position_ids=positions, token_type_ids=segments
        ).pooler_output
