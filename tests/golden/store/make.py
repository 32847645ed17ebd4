"""Makes this folder's files with PyTorch and the reference implementation of safetensors.

    python make.py        # torch 2.13, safetensors 0.8

mixed.safetensors: every type the store reads; mixed.json: the same numbers as float32 or int32, computed by torch.
reference.safetensors: what safetensors.torch writes for float32 and int64 arrays, to be matched byte for byte.
names.safetensors: the same for names that are sorted by their UTF-8 bytes and by nothing else, without metadata.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

here = Path(__file__).parent
torch.manual_seed(7)

halves = torch.tensor([0.0, -0.0, 1.5, -2.25, 65504.0, 6.0e-8, 6.1e-5, float("inf"), float("-inf"), 1 / 3])
mixed = {
    "single": torch.randn(2, 3),
    "double": torch.randn(3, dtype=torch.float64) * 1e10,
    "half": halves.to(torch.float16),
    "brain": torch.cat([halves, torch.randn(6)]).to(torch.bfloat16).reshape(4, 4),
    "long": torch.tensor([[0, 1, -1], [2**31 - 1, -(2**31), 123456789]]),
    "too_long": torch.tensor([5, 2**31]),
    "int": torch.tensor([-7, 7], dtype=torch.int32),
    "short": torch.tensor([-32768, 32767, 3], dtype=torch.int16),
    "byte": torch.tensor([0, 128, 255], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(42),
    "empty": torch.zeros(0, 3),
}
save_file(mixed, here / "mixed.safetensors", metadata={"format": "pt"})


def plain(tensor):
    floating = tensor.is_floating_point()
    numbers = tensor.to(torch.float32 if floating else torch.int32).flatten().tolist()
    words = {float("inf"): "Infinity", float("-inf"): "-Infinity"}
    return {
        "dtype": "float32" if floating else "int32",
        "shape": list(tensor.shape),
        "data": [words.get(n, n) for n in numbers],
    }


expected = {name: plain(tensor) for name, tensor in mixed.items() if name != "too_long"}
(here / "mixed.json").write_text(json.dumps(expected) + "\n")

reference = {
    "layer1.0.conv1.weight": torch.arange(2 * 3 * 2 * 2, dtype=torch.float32).reshape(2, 3, 2, 2),
    "bn1.num_batches_tracked": torch.tensor(-3),
    "bn1.weight": torch.tensor([1.0, -0.5, 0.25]),
    "Änderung": torch.tensor([[0.5]]),
    "positions": torch.tensor([[0, 1, -1]]),
}
save_file(reference, here / "reference.safetensors", metadata={"format": "pt"})

names = ["9", "10", "b", "a\u0301", "\uff5a", "\U0001f3ac"]
save_file({name: torch.tensor([float(i)]) for i, name in enumerate(names)}, here / "names.safetensors")
