"""Writes what one layer of PyTorch computes, forwards and backwards, as make.py of this folder describes it."""

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

sys.path.append(str(Path(__file__).parent.parent / "mini"))
from twin import unusual, without_dropout  # noqa: E402


def copies(prefix, tensors):
    return {f"{prefix}/{name}": tensor.detach().clone() for name, tensor in tensors}


def save(path, file):
    save_file({key: value.detach().contiguous() for key, value in file.items()}, path)


def saved_buffers(module):
    """Names of the state_dict that are no parameters."""
    return module.state_dict().keys() - dict(module.named_parameters()).keys()


def case(path, module, inputs, forward=None):
    """Writes one file; `forward` gives the output from the module and the inputs."""
    forward = forward or (lambda module, x: module(x))
    module = without_dropout(unusual(module))
    file = copies("weight", module.state_dict().items()) | copies("input", inputs.items())
    module.eval()
    with torch.no_grad():
        file["evaluated"] = forward(module, **inputs)
    module.train()
    learnt = {key: x.requires_grad_() for key, x in inputs.items() if x.is_floating_point()}
    output = forward(module, **inputs)
    towards = torch.randn_like(output)
    (output * towards).sum().backward()
    file |= {"output": output, "towards": towards}
    file |= copies("gradient", ((key, p.grad) for key, p in module.named_parameters()))
    file |= copies("gradient_input", ((key, x.grad) for key, x in learnt.items()))
    file |= copies("after", ((key, module.get_buffer(key)) for key in saved_buffers(module)))
    save(path, file)


def channels_first(module, x):
    y = module(x.permute(0, 3, 1, 2))
    return y.permute(0, 2, 3, 1) if y.dim() == 4 else y
