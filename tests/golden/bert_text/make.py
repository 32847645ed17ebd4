"""recipes/bert_text.ts in PyTorch, small: run with torch 2.14, transformers 5, safetensors 0.8: python make.py"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

here = Path(__file__).parent
sys.path.append(str(here.parent))
from record import FEATURES, LABELS, posters_and_plots, record, text_tower  # noqa: E402


class BertText(nn.Module):
    def __init__(self):
        super().__init__()
        self.text_backbone = text_tower()
        self.classifier = nn.Linear(FEATURES, LABELS)

    def forward(self, input_ids, attention_mask):
        text = self.text_backbone(input_ids=input_ids, attention_mask=attention_mask)
        return self.classifier(text.pooler_output)


class Clipped(torch.optim.AdamW):
    """AdamW that clips the norm of all gradients together before a step, without decay of biases and LayerNorms."""

    def __init__(self, model):
        named = [(name, p) for name, p in model.named_parameters()]
        spared = lambda name: name.endswith(".bias") or "LayerNorm" in name
        groups = [
            {"params": [p for name, p in named if not spared(name)], "weight_decay": 0.01},
            {"params": [p for name, p in named if spared(name)], "weight_decay": 0.0},
        ]
        super().__init__(groups, lr=1e-4)

    def step(self):
        norm = nn.utils.clip_grad_norm_([p for group in self.param_groups for p in group["params"]], 1.0)
        assert norm > 1, "the goldens would not show that gradients are clipped"
        super().step()


# As in tests/recipes/bert_text_test.ts.
WEIGHTS = torch.tensor([1.0, 5.0, 2.0, 40.0, 100.0])


torch.manual_seed(1)
inputs = posters_and_plots()
inputs.pop("image")
loss = lambda logits, labels: F.binary_cross_entropy_with_logits(logits, labels, pos_weight=WEIGHTS)
record(here, BertText(), inputs, loss=loss, optimizer=Clipped)
