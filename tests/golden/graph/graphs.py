"""Layers on graphs in PyTorch, with torch_geometric's parameters and written from the papers' formulas over a whole
adjacency matrix: `adjacency[i, j]` says that an edge goes from j to i. What graph recipes' goldens use, too."""

import torch
import torch.nn.functional as F
from torch import nn


class GCNConv(nn.Module):
    """D^-1/2 A D^-1/2 X W + b (Kipf and Welling 2016)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin, self.bias = nn.Linear(inputs, outputs, bias=False), nn.Parameter(torch.zeros(outputs))

    def forward(self, x, adjacency):
        a = adjacency.to(x.dtype)
        share = a.sum(1).rsqrt().nan_to_num(posinf=0)
        return share[:, None] * a * share @ self.lin(x) + self.bias


class SAGEConv(nn.Module):
    """W_l mean(x_j) + b + W_r x_i (Hamilton et al. 2017)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.lin_l, self.lin_r = nn.Linear(inputs, outputs), nn.Linear(inputs, outputs, bias=False)

    def forward(self, x, adjacency):
        a = adjacency.to(x.dtype)
        return self.lin_l(a @ x / a.sum(1, keepdim=True).clamp(min=1)) + self.lin_r(x)


class GATConv(nn.Module):
    """softmax_j LeakyReLU(a_src . W x_j + a_dst . W x_i) in each head (Velickovic et al. 2017)."""

    def __init__(self, inputs, outputs, heads=1, concat=True, slope=0.2, dropout=0.0, residual=False):
        super().__init__()
        self.shape, self.concat, self.slope, self.dropout = (heads, outputs), concat, slope, nn.Dropout(dropout)
        joined = heads * outputs if concat else outputs
        self.att_src, self.att_dst = (nn.Parameter(torch.zeros(1, heads, outputs)) for _ in range(2))
        self.bias = nn.Parameter(torch.zeros(joined))
        self.lin = nn.Linear(inputs, heads * outputs, bias=False)
        self.res = nn.Linear(inputs, joined, bias=False) if residual else None

    def forward(self, x, adjacency):
        h = self.lin(x).view(-1, *self.shape)
        scores = (h * self.att_src).sum(-1)[None] + (h * self.att_dst).sum(-1)[:, None]
        scores = F.leaky_relu(scores, self.slope).masked_fill(~adjacency[..., None], float("-inf"))
        alpha = torch.where(adjacency.any(1)[:, None, None], scores, 0.0).softmax(1) * adjacency[..., None]
        mixed = torch.einsum("ijh,jhc->ihc", self.dropout(alpha), h)
        y = (mixed.flatten(1) if self.concat else mixed.mean(1)) + self.bias
        return y if self.res is None else y + self.res(x)


def adjacency_of(edges, nodes):
    """From `[2, edges]`, sources and targets."""
    adjacency = torch.zeros(nodes, nodes, dtype=torch.bool)
    adjacency[edges[1], edges[0]] = True
    return adjacency


def random_edges(nodes, share, generator, self_loops=True):
    """`[2, edges]` in random order, in both directions; the last node has at most itself."""
    joined = torch.rand(nodes, nodes, generator=generator) < share
    joined |= joined.T.clone()
    joined[-1] = joined[:, -1] = False
    joined.fill_diagonal_(self_loops)
    edges = joined.nonzero().T.flip(0)
    return edges[:, torch.randperm(edges.shape[1], generator=generator)]


def neighbour_lists(edges, nodes):
    """`neighbours` and `mask`, `[nodes, most]`, of `[2, edges]`."""
    lists = [edges[0][edges[1] == node].tolist() for node in range(nodes)]
    most = max(map(len, lists))
    fill = lambda rows, end: torch.tensor([row + [end] * (most - len(row)) for row in rows])
    return fill(lists, 0), fill([[1] * len(row) for row in lists], 0)


def random_weights(module, generator):
    """The module with numbers from which every part of the result depends."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 0.5, generator=generator)
    return module


class GATLayers(nn.Module):
    """As DGL stacks them: ELU(gat(h) + h) with h = dropout(x), without the sum where the widths differ."""

    def __init__(self, inputs, layers, heads, size, dropout, slope):
        super().__init__()
        wide, self.drop = heads * size, nn.Dropout(dropout)
        self.places = [str(i) for i in range(layers)]
        for i, place in enumerate(self.places):
            self.add_module(place, GATConv(wide if i else inputs, size, heads, slope=slope, dropout=dropout))

    def forward(self, x, adjacency):
        for place in self.places:
            h = self.drop(x)
            y = self.get_submodule(place)(h, adjacency)
            x = F.elu(y + h if y.shape == h.shape else y)
        return x
