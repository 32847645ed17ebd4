"""recipes/refnet.ts in PyTorch, small.

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
from multimodal import Reconstruction  # noqa: E402


class Refnet(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.image_backbone, self.text_backbone = image_tower(), text_tower()
        self.image_backbone.requires_grad_(False)
        self.image_backbone.layer2.requires_grad_(True)
        self.text_backbone.embeddings.requires_grad_(False)
        self.image_projection, self.text_projection = nn.Linear(FEATURES, hidden), nn.Linear(FEATURES, hidden)
        self.fusion, self.classifier = nn.Linear(2 * hidden, hidden), nn.Linear(hidden, LABELS)
        self.image_decoder, self.text_decoder = (Reconstruction(hidden, hidden, hidden) for _ in range(2))
        self.dropout = nn.Dropout(0.1)

    def forward(self, image, input_ids, attention_mask):
        poster = self.image_projection(self.image_backbone(image))
        text = self.text_backbone(input_ids=input_ids, attention_mask=attention_mask)
        plot = self.text_projection(text.pooler_output)
        fused = self.fusion(torch.cat([poster, plot], 1)).relu()
        reconstructions = self.image_decoder(fused, poster), self.text_decoder(fused, plot)
        return self.classifier(self.dropout(fused)), *reconstructions


def loss(output, labels):
    logits, *reconstructions = output
    return cross_entropy(logits, labels) + 0.1 * sum(distance.mean() for distance in reconstructions)


torch.manual_seed(0)
record(here, Refnet(8), posters_and_plots(), loss=loss, optimizer=adamw, clip=0.5)
