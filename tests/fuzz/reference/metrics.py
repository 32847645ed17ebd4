"""Scores of labels: of all of them, and of one at every threshold."""

import numpy as np
from sklearn.metrics import f1_score, precision_recall_fscore_support


def _rows(s):
    return (np.array(s[name]).reshape(-1, s["labels"]) for name in ("outputs", "truth"))


def scores(s, _):
    outputs, truth = _rows(s)
    predicted = (outputs.astype(np.float32) > (0 if s["kind"] == "logits" else 0.5)).astype(int)
    averages = ("macro", "micro", "weighted", "samples")
    right = {f"{name}F1": f1_score(truth, predicted, average=name, zero_division=0) for name in averages}
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, average=None, zero_division=0)
    right["perLabel"] = [
        {"label": f"{i}", "precision": p, "recall": r, "f1": f, "support": n, "predicted": m}
        for i, (p, r, f, n, m) in enumerate(zip(precision, recall, f1, support, predicted.sum(0)))
    ]
    return {"right": right}


def thresholds(s, _):
    """Precision, recall and F1 of label 0 above each of 0, 0.02, … 1."""
    outputs, truth = _rows(s)
    above = (outputs[:, :1] > np.arange(51) / 50).astype(int)
    found = precision_recall_fscore_support(np.repeat(truth[:, :1], 51, 1), above, average=None, zero_division=0)
    return {"right": [{"precision": p, "recall": r, "f1": f} for p, r, f, _ in zip(*found)]}


KINDS = {"scores": scores, "thresholds": thresholds}
