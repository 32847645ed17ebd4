"""Makes the safetensors files beside this script: layers on graphs and their activations in PyTorch, forwards and
backwards.

A file has `weight/*` (the state_dict, with torch_geometric's names), `input/x`, the same edges as `input/edges` and as
`input/neighbours` with `input/mask`, `output`, `towards` (the gradient that comes from above), `gradient/*` of every
parameter and `gradient_input/x`. Computed in float64, without dropout.

Run with torch 2.14, safetensors 0.8: python make.py
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from graphs import GATConv, GCNConv, SAGEConv, adjacency_of, neighbour_lists, random_edges, random_weights

here = Path(__file__).parent
NODES, FEATURES = 7, 5


def case(name, module, seed, self_loops=True):
    random = torch.Generator().manual_seed(seed)
    edges = random_edges(NODES, 0.3, random, self_loops)
    random_weights(module, random).double()
    x = torch.randn(NODES, FEATURES, generator=random).double().requires_grad_()
    output = module(x, adjacency_of(edges, NODES))
    towards = torch.randn(output.shape, generator=random).double()
    (output * towards).sum().backward()
    neighbours, mask = neighbour_lists(edges, NODES)
    file = {f"weight/{key}": value for key, value in module.state_dict().items()}
    file |= {f"gradient/{key}": value.grad for key, value in module.named_parameters()}
    file |= {"input/x": x, "gradient_input/x": x.grad, "output": output, "towards": towards}
    file |= {"input/edges": edges, "input/neighbours": neighbours, "input/mask": mask}
    single = lambda t: t.detach().to(torch.float32 if t.is_floating_point() else torch.int32).contiguous()
    save_file({key: single(value) for key, value in file.items()}, here / f"{name}.safetensors")


class Plain(torch.nn.Module):
    """A function of the features alone."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x, _):
        return self.function(x)


case("gcn", GCNConv(FEATURES, 3), 1)
case("gcn_without_self_loops", GCNConv(FEATURES, 3), 2, self_loops=False)
case("sage", SAGEConv(FEATURES, 3), 3)
case("sage_without_self_loops", SAGEConv(FEATURES, 3), 4, self_loops=False)
case("gat", GATConv(FEATURES, 4), 5)
case("gat_heads", GATConv(FEATURES, 4, heads=3, slope=0.1), 6)
case("gat_mean", GATConv(FEATURES, 4, heads=3, concat=False), 7)
case("gat_residual", GATConv(FEATURES, 4, heads=2, residual=True), 8)
case("gat_mean_residual", GATConv(FEATURES, 4, heads=2, concat=False, residual=True), 9)
case("gat_without_self_loops", GATConv(FEATURES, 4, heads=2), 10, self_loops=False)
case("elu", Plain(F.elu), 11)
case("leaky_relu", Plain(lambda x: F.leaky_relu(x, 0.1)), 12)
