"""recipes/mfm.ts in PyTorch, small.

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
from multimodal import ActivationMapAttention  # noqa: E402


class Mfm(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.image_backbone, self.text_backbone = image_tower(), text_tower()
        self.image_backbone.requires_grad_(False)
        self.image_backbone.layer2.requires_grad_(True)
        self.text_backbone.embeddings.requires_grad_(False)
        self.image_attention = ActivationMapAttention(FEATURES, LABELS)
        self.image_projection, self.text_projection = nn.Linear(FEATURES, hidden), nn.Linear(FEATURES, hidden)
        self.fusion, self.classifier = nn.Linear(2 * hidden, hidden), nn.Linear(hidden, LABELS)
        self.dropout = nn.Dropout(0.5)
        self.heads = nn.ModuleDict({"text": nn.Linear(FEATURES, LABELS)})

    def forward(self, image, input_ids, attention_mask):
        poster, seen = self.image_attention(self.image_backbone.map(image))
        plot = self.text_backbone(input_ids=input_ids, attention_mask=attention_mask).pooler_output
        branches = torch.cat([self.image_projection(poster), self.text_projection(plot)], 1).relu()
        fused = self.dropout(self.fusion(branches).relu())
        return self.classifier(fused), seen, self.heads["text"](plot)


torch.manual_seed(0)
loss = lambda output, labels: sum(cross_entropy(logits, labels) for logits in output)
record(here, Mfm(8), posters_and_plots(), loss=loss, optimizer=adamw, clip=0.5)
