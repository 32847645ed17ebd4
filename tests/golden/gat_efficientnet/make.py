"""recipes/gat_efficientnet.ts in PyTorch, small.

Run with torch 2.14, transformers 5.23, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
sys.path += [str(here.parent), str(here.parent / "graph")]
from record import LABELS, cross_entropy, record  # noqa: E402
from graphs import GATConv, GATLayers, adjacency_of, random_edges, random_weights  # noqa: E402

NODES, FEATURES = 12, 6


class GatEfficientNet(nn.Module):
    """The rows of a batch, features of the nodes and edges `[2, edges]` to logits."""

    def __init__(self):
        super().__init__()
        self.gat_layers = GATLayers(FEATURES, layers=3, heads=2, size=3, dropout=0.1, slope=0.1)
        last = GATConv(6, LABELS, heads=3, concat=False, slope=0.1, dropout=0.1, residual=True)
        self.gat_layers.add_module("3", last)

    def forward(self, row, nodes, edges):
        adjacency = adjacency_of(edges, len(nodes))
        h = self.gat_layers.drop(self.gat_layers(nodes, adjacency))
        return self.gat_layers.get_submodule("3")(h, adjacency)[row]


torch.manual_seed(0)
random = torch.Generator().manual_seed(10)  # of others some gradients are zero but for rounding, of which Adam makes steps
inputs = dict(
    row=torch.tensor([7, 0, 3, 11, 5, 8, 1, 6]),
    nodes=torch.randn(NODES, FEATURES, generator=random),
    edges=random_edges(NODES, 0.3, random),
)
weights = torch.tensor([1.5, 2.0, 3.0, 5.0, 8.0])
loss = lambda output, labels: cross_entropy(output, labels, pos_weight=weights)
record(here, random_weights(GatEfficientNet(), random), inputs, loss=loss)
