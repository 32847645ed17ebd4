"""The GAT recipe in PyTorch, in miniature: its numbers for a batch, and three steps of Adam. Dropout is off.

Run with torch 2.14, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
sys.path.append(str(here.parent / "graph"))
from steps import write  # noqa: E402
from twin import GATConv, GATLayers, adjacency_of, random_edges, random_weights  # noqa: E402

NODES, FEATURES, LABELS = 12, 6, 4


class System(nn.Module):
    """Features of the nodes, edges `[2, edges]` and the rows of a batch to logits."""

    def __init__(self):
        super().__init__()
        self.gat_layers = GATLayers(FEATURES, layers=3, heads=2, size=3, dropout=0.1, slope=0.1)
        last = GATConv(6, LABELS, heads=3, concat=False, slope=0.1, dropout=0.1, residual=True)
        self.gat_layers.add_module("3", last)

    def forward(self, nodes, edges, row):
        adjacency = adjacency_of(edges, len(nodes))
        h = self.gat_layers.drop(self.gat_layers(nodes, adjacency))
        return self.gat_layers.get_submodule("3")(h, adjacency)[row]


random = torch.Generator().manual_seed(3)
model = random_weights(System(), random)
inputs = dict(
    nodes=torch.randn(NODES, FEATURES, generator=random),
    edges=random_edges(NODES, 0.2, random),
    row=torch.tensor([7, 0, 3, 11, 5]),
)
write(here, model, inputs, (torch.rand(5, LABELS, generator=random) < 0.4).float())
