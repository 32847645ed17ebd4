"""A function of tensors, forwards and backwards, in float64; and what float32 is off at it."""

import numpy as np
import torch

torch.set_num_threads(1)


def towards(shape, dtype):
    """The gradient that comes from above: numbers that are exact in float32, the same as ours."""
    size = int(np.prod(shape, dtype=int))
    return torch.tensor([((i * 37 + 11) % 64 - 31.5) / 16 for i in range(size)], dtype=dtype).reshape(shape)


def _tensors(arrays, dtype, frozen=()):
    found = {}
    for name, array in arrays.items():
        x = torch.tensor(array)
        found[name] = (
            x.to(dtype).requires_grad_(name not in frozen) if x.is_floating_point() else x.to(torch.int64)
        )
    return found


def _passed(inputs, weights, buffers, run, dtype):
    given, learnt = _tensors(inputs, dtype), _tensors(weights, dtype, buffers)
    with torch.no_grad():
        evaluated, _ = run(given, learnt, False)
    output, after = run(given, learnt, True)
    wanted = {("inputs", k): x for k, x in given.items()} | {("weights", k): x for k, x in learnt.items()}
    wanted = {key: x for key, x in wanted.items() if x.requires_grad}
    total = (output * towards(output.shape, dtype)).sum()
    found = torch.autograd.grad(total, list(wanted.values()), allow_unused=True) if total.requires_grad else []
    parts = {("evaluated", ""): evaluated, ("output", ""): output}
    parts |= {("after", name): x for name, x in after.items()}
    parts |= {key: x for key, x in zip(wanted, found) if x is not None}
    return {key: x.detach().numpy() for key, x in parts.items()}


def graph(inputs, run, buffers=(), limits=False):
    """
    `run(inputs, weights, training)` gives the output and the next values of buffers; weights are `weight/…`. With
    `limits`, a gradient of NaN, as of a power at 0, is 0, its limit.
    """
    weights = {name[7:]: x for name, x in inputs.items() if name.startswith("weight/")}
    plain = {name: x for name, x in inputs.items() if not name.startswith("weight/")}
    exact, rounded = (_passed(plain, weights, buffers, run, dtype) for dtype in (torch.float64, torch.float32))
    if limits:
        exact, rounded = ({key: np.nan_to_num(x, nan=0) for key, x in part.items()} for part in (exact, rounded))
    right = {"after": {}, "inputs": {}, "weights": {}}
    for (group, name), x in exact.items():
        with np.errstate(all="ignore"):
            off = np.abs(x.astype(float) - rounded[group, name].astype(float))
        noise = float(off[np.isfinite(off)].max(initial=0))
        array = {"shape": list(x.shape), "data": x.astype(np.float32).reshape(-1), "noise": noise}
        if name:
            right[group][name] = array
        else:
            right[group] = array
    return {"right": right}


def of(run):
    """The same of a function of its inputs alone."""
    return lambda settings, inputs: graph(inputs, lambda I, P, training: (run(settings, **I), {}))
