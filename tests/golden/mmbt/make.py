"""recipes/mmbt.ts in PyTorch, small.

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
    adamw,
    cross_entropy,
    image_tower,
    posters_and_plots,
    record,
    text_tower,
)
from multimodal import Bitransformer, image_tokens  # noqa: E402


class Mmbt(nn.Module):
    def __init__(self, count, width=FEATURES):
        super().__init__()
        self.count = count
        self.image_backbone, self.text_backbone = image_tower(), text_tower(Bitransformer)
        self.image_tokens, self.classifier = nn.Linear(FEATURES, width), nn.Linear(width, LABELS)

    def forward(self, image, input_ids, attention_mask):
        tokens = self.image_tokens(image_tokens(self.image_backbone.map(image), self.count))
        return self.classifier(self.text_backbone(tokens, input_ids, attention_mask))


torch.manual_seed(0)
Bitransformer.separator = 4
weights = torch.tensor([1.5, 2.0, 3.0, 5.0, 8.0])
loss = lambda output, labels: cross_entropy(output, labels, pos_weight=weights)
record(here, Mmbt(2), posters_and_plots(), loss=loss, optimizer=adamw, clip=0.5)
