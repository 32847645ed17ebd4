"""recipes/efficientnet_image.ts in PyTorch, with a small EfficientNet of torchvision's: run with torch 2.14,
torchvision 0.29, transformers 5, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.efficientnet import EfficientNet, MBConvConfig

here = Path(__file__).parent
sys.path.append(str(here.parent))
from record import LABELS, posters_and_plots, record  # noqa: E402


class EfficientNetImage(nn.Module):
    def __init__(self):
        super().__init__()
        stages = [(1, 3, 1, 8, 8, 1), (6, 5, 2, 8, 8, 2), (4, 3, 2, 8, 16, 1)]
        tower = EfficientNet([MBConvConfig(*stage) for stage in stages], 0.0, stochastic_depth_prob=0.0)
        tower.classifier = nn.Identity()
        self.image_backbone = tower
        self.classifier = nn.Linear(64, LABELS)

    def forward(self, image):
        return self.classifier(self.image_backbone(image))


# As in tests/recipes/efficientnet_image_test.ts.
WEIGHTS = torch.tensor([3.0, 1.0, 20.0, 100.0, 2.0])

torch.manual_seed(2)
record(
    here,
    EfficientNetImage(),
    {"image": posters_and_plots()["image"]},
    loss=lambda logits, labels: F.binary_cross_entropy_with_logits(logits, labels, pos_weight=WEIGHTS),
    optimizer=lambda model: torch.optim.Adam(model.parameters(), lr=1e-4),
)
