"""Makes scores.json (scikit-learn's F1 scores) and plateau.json (PyTorch's ReduceLROnPlateau), beside this script.

Run with scikit-learn 1.9 and torch 2.13: python make.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score, precision_recall_fscore_support

here = Path(__file__).parent
rng = np.random.default_rng(0)


def expected(predicted, truth):
    """Scores over [rows, labels] of 0 and 1."""
    labels = truth.shape[1]
    # scikit-learn takes a single column for a binary problem with classes 0 and 1: a second, empty column makes it
    # multi-label again, and `which` leaves that column out of the means over labels.
    if labels == 1:
        predicted = np.hstack([predicted, np.zeros_like(predicted)])
        truth = np.hstack([truth, np.zeros_like(truth)])
    which = list(range(labels))
    average = lambda how: float(f1_score(truth, predicted, labels=which, average=how, zero_division=0))
    precision, recall, f1, support = precision_recall_fscore_support(
        truth, predicted, labels=which, average=None, zero_division=0
    )
    return {
        "macroF1": average("macro"),
        "microF1": average("micro"),
        "weightedF1": average("weighted"),
        "samplesF1": average("samples"),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "predicted": predicted[:, which].sum(axis=0).tolist(),
    }


def case(name, kind, outputs, truth):
    outputs = np.round(np.asarray(outputs, dtype=np.float64), 2)
    truth = np.asarray(truth, dtype=np.int64)
    predicted = (outputs > (0 if kind == "logits" else 0.5)).astype(np.int64)
    return {
        "name": name,
        "kind": kind,
        "labels": truth.shape[1],
        "outputs": outputs.ravel().tolist(),
        "truth": truth.ravel().tolist(),
        "expected": expected(predicted, truth),
    }


def random_truth(rows, share):
    """Labels with the given share of positives each."""
    return (rng.random((rows, len(share))) < np.asarray(share)).astype(np.int64)


rare = np.linspace(0, 0.6, 26)
truth26 = random_truth(120, rare)
truth5 = random_truth(40, [0.5, 0.2, 0.1, 0.9, 0.4])
truth1 = random_truth(30, [0.4])
empty_rows = truth5.copy()
empty_rows[::3] = 0
empty_outputs = rng.normal(size=empty_rows.shape)
empty_outputs[::6] = -1
halves = rng.choice([0.49, 0.5, 0.51], size=truth5.shape)

scores = [
    case("26 labels, logits", "logits", truth26 * 1.5 - 1 + rng.normal(size=truth26.shape), truth26),
    case("26 labels, probabilities", "probabilities", rng.random(truth26.shape), truth26),
    case("on the threshold", "probabilities", halves, truth5),
    case("zero logits", "logits", rng.choice([-0.01, 0, 0.01], size=truth5.shape), truth5),
    case("no positives", "logits", rng.normal(size=(20, 4)), np.zeros((20, 4))),
    case("all positives", "logits", rng.normal(size=(20, 4)), np.ones((20, 4))),
    case("nothing predicted", "logits", -np.ones(truth5.shape), truth5),
    case("everything predicted", "logits", np.ones(truth5.shape), truth5),
    case("nothing there, nothing predicted", "logits", -np.ones((20, 4)), np.zeros((20, 4))),
    case("perfect", "logits", truth5 - 0.5, truth5),
    case("rows without labels and without predictions", "logits", empty_outputs, empty_rows),
    case("one row", "logits", rng.normal(size=(1, 5)), truth5[:1]),
    case("one label", "logits", rng.normal(size=truth1.shape), truth1),
    case("one label, never there", "logits", rng.normal(size=truth1.shape), np.zeros_like(truth1)),
]


def plateau(factor, patience, threshold, series):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1e-3)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, mode="max", factor=factor, patience=patience, threshold=threshold, threshold_mode="rel"
    )
    rates = []
    for score in series:
        scheduler.step(score)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"factor": factor, "patience": patience, "threshold": threshold, "scores": series, "rates": rates}


def rising(length, noise):
    steps = 1 - np.exp(-np.arange(length) / 10) + noise * rng.normal(size=length)
    return np.round(np.clip(steps, 0, 1), 4).tolist()


plateaus = [
    plateau(0.2, 2, 1e-4, rising(60, 0.02)),
    plateau(0.1, 0, 1e-4, rising(60, 0.05)),
    plateau(0.5, 1, 1e-2, rising(60, 0.01)),
    plateau(0.9, 5, 0.0, rising(80, 0.1)),
    plateau(0.2, 2, 1e-4, [0.0] * 40),
    plateau(0.2, 2, 1e-4, [0.5, 0.50005, 0.5001, 0.50004, 0.6] * 8),
]

(here / "scores.json").write_text(json.dumps(scores) + "\n")
(here / "plateau.json").write_text(json.dumps(plateaus) + "\n")
