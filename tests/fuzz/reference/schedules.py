"""Learning rates and early stopping, epoch by epoch or step by step."""

import math

import torch


def optimizer(rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)


def plateau(s, _):
    """The rate of every epoch behind the rise, whose scores do not count, and of the one after the last."""
    owner = optimizer(s["rate"])
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        owner, mode="max", factor=s["factor"], patience=s["patience"], threshold=s["threshold"]
    )
    rates = [s["rate"] * (s["from"] + (1 - s["from"]) * epoch / s["epochs"]) for epoch in range(s["epochs"])]
    for score in s["scores"][s["epochs"] :]:
        rates.append(owner.param_groups[0]["lr"])
        schedule.step(score)
    return {"right": {"rates": [*rates, owner.param_groups[0]["lr"]]}}


def decay(make):
    def rates(s, _):
        owner, found = optimizer(s["rate"]), []
        schedule = make(owner, math.floor(s["warmup"] * s["steps"]), s["steps"])
        for _ in range(s["steps"]):
            found.append(schedule.get_last_lr()[0])
            owner.step()
            schedule.step()
        return {"right": {"rates": found}}

    return rates


def early_stopping(s, _):
    """
    The rule of lightning.pytorch.callbacks.EarlyStopping (mode "max") and of keras.callbacks.EarlyStopping: better is
    score - min_delta > best; the epochs that were better, and how many were run.
    """
    best, waited, bests = -math.inf, 0, []
    for epoch, score in enumerate(s["scores"]):
        if score - s["minDelta"] > best:
            best, waited = score, 0
            bests.append(epoch + 1)
            continue
        waited += 1
        if waited >= s["patience"]:
            break
    return {"right": {"bests": bests, "epochs": epoch + 1}}


def linear(*args):
    from transformers import get_linear_schedule_with_warmup as make

    return make(*args)


def cosine(*args):
    from transformers import get_cosine_schedule_with_warmup as make

    return make(*args)


KINDS = {
    "warmupThenPlateau": plateau,
    "linearDecay": decay(linear),
    "cosineDecay": decay(cosine),
    "earlyStopping": early_stopping,
}
