"""recipes/mm_gatbt.ts in PyTorch, small.

Run with torch 2.14, transformers 5.23, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
sys.path += [str(here.parent), str(here.parent / "graph")]
from record import (  # noqa: E402
    FEATURES,
    LABELS,
    adamw,
    cross_entropy,
    posters_and_plots,
    record,
    text_tower,
)
from graphs import GATLayers, adjacency_of, random_edges, random_weights  # noqa: E402
from multimodal import Bitransformer  # noqa: E402

NODES, IN = 10, 6


class MmGatbt(nn.Module):
    """The rows of a batch, features of the nodes, edges `[2, edges]` and texts to logits."""

    def __init__(self):
        super().__init__()
        self.gat_layers = GATLayers(IN, layers=3, heads=2, size=3, dropout=0.1, slope=0.1)
        self.image_tokens, self.classifier = nn.Linear(6, FEATURES), nn.Linear(FEATURES, LABELS)
        self.text_backbone = text_tower(Bitransformer)

    def forward(self, row, nodes, edges, input_ids, attention_mask):
        seen = torch.tanh(self.gat_layers(nodes, adjacency_of(edges, len(nodes))))[row]
        token = self.image_tokens(seen)[:, None]
        return self.classifier(self.text_backbone(token, input_ids, attention_mask))


torch.manual_seed(0)
Bitransformer.separator = 4
random = torch.Generator().manual_seed(4)
texts = {name: x for name, x in posters_and_plots().items() if name != "image"}
inputs = dict(
    row=torch.tensor([7, 0, 3, 9, 3, 1]),
    nodes=torch.randn(NODES, IN, generator=random),
    edges=random_edges(NODES, 0.25, random),
)
model = MmGatbt()
random_weights(model.gat_layers, random)
weights = torch.tensor([1.5, 2.0, 3.0, 5.0, 8.0])
loss = lambda output, labels: cross_entropy(output, labels, pos_weight=weights)
record(here, model, inputs | texts, loss=loss, optimizer=adamw, clip=0.5)
