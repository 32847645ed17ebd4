"""recipes/centralnet.ts in PyTorch, small.

Run with torch 2.14, transformers 5.23, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn

here = Path(__file__).parent
sys.path.append(str(here.parent))
from record import (  # noqa: E402
    FEATURES,
    LABELS,
    cross_entropy,
    image_tower,
    mean_text,
    posters_and_plots,
    record,
    text_tower,
)
from multimodal import CentralPath, Maxout  # noqa: E402


class CentralNet(nn.Module):
    def __init__(self, hidden, depth):
        super().__init__()
        self.image_backbone, self.text_backbone = image_tower(), text_tower(add_pooling_layer=False)
        self.requires_grad_(False)
        layer = lambda width: nn.Sequential(nn.BatchNorm1d(width), Maxout(width, hidden), nn.Dropout(0.5))
        tower = lambda: nn.Sequential(layer(FEATURES), *(layer(hidden) for _ in range(depth - 1)))
        self.image_tower, self.text_tower = tower(), tower()
        self.central = CentralPath([layer(hidden) for _ in range(depth)])
        self.classifier = nn.Linear(hidden, LABELS)
        self.heads = nn.ModuleDict({"image": nn.Linear(hidden, LABELS), "text": nn.Linear(hidden, LABELS)})

    def forward(self, image, input_ids, attention_mask):
        poster, plot = self.image_backbone(image), mean_text(self.text_backbone, input_ids, attention_mask)
        states = []
        for look, read in zip(self.image_tower, self.text_tower):
            poster, plot = look(poster), read(plot)
            states.append([poster, plot])
        return self.classifier(self.central(states)), self.heads["image"](poster), self.heads["text"](plot)


torch.manual_seed(0)
loss = lambda output, labels: sum(cross_entropy(logits, labels) for logits in output)
record(here, CentralNet(8, 2), posters_and_plots(), loss=loss)
