"""recipes/gmu.ts in PyTorch, small.

Run with torch 2.14, transformers 5.23, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
sys.path.append(str(here.parent))
from record import FEATURES, LABELS, image_tower, mean_text, posters_and_plots, record, text_tower  # noqa: E402
from multimodal import GatedUnit, Maxout  # noqa: E402


class Gmu(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.image_backbone, self.text_backbone = image_tower(), text_tower(add_pooling_layer=False)
        self.requires_grad_(False)
        self.image_norm, self.text_norm = nn.BatchNorm1d(FEATURES), nn.BatchNorm1d(FEATURES)
        self.unit = GatedUnit(FEATURES, FEATURES, hidden)
        norm = lambda: nn.BatchNorm1d(hidden)
        self.classifier = nn.Sequential(
            norm(), Maxout(hidden, hidden), norm(), Maxout(hidden, hidden), norm(), nn.Linear(hidden, LABELS)
        )

    def forward(self, image, input_ids, attention_mask):
        poster = self.image_norm(self.image_backbone(image))
        plot = self.text_norm(mean_text(self.text_backbone, input_ids, attention_mask))
        return self.classifier(self.unit(poster, plot))


torch.manual_seed(0)
record(here, Gmu(8), posters_and_plots())
