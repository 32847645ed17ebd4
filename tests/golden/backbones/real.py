"""Writes DIR/golden.safetensors beside DIR/model.safetensors, an EfficientNet-Lite0 in efficientnet_pytorch's names such
as bench/peer/towers.py writes it: two photographs as the model was trained on them and their features.

Run with torch 2.14, efficientnet_pytorch 0.7, scikit-learn 1.7, safetensors 0.8: python real.py DIR. Then
`ONESHEET_LITE0=DIR deno test -A tests/layers/real_test.ts` compares.
"""

import sys
from pathlib import Path

import efficientnet_pytorch
import torch
from efficientnet_pytorch.utils import BlockDecoder, GlobalParams
from safetensors.torch import load_file, save_file
from sklearn.datasets import load_sample_images
from torch import nn

BLOCKS = [
    "r1_k3_s11_e1_i32_o16",
    "r2_k3_s22_e6_i16_o24",
    "r2_k5_s22_e6_i24_o40",
    "r3_k3_s22_e6_i40_o80",
    "r3_k5_s11_e6_i80_o112",
    "r4_k5_s22_e6_i112_o192",
    "r1_k3_s11_e6_i192_o320",
]

folder = Path(sys.argv[1])
given = GlobalParams(
    width_coefficient=1.0,
    depth_coefficient=1.0,
    depth_divisor=8,
    image_size=None,
    dropout_rate=0.0,
    drop_connect_rate=0.0,
    num_classes=1000,
    batch_norm_momentum=0.99,
    batch_norm_epsilon=1e-3,
    min_depth=None,
    include_top=True,
)
model = efficientnet_pytorch.EfficientNet(BlockDecoder.decode(BLOCKS), given)
model.load_state_dict(load_file(folder / "model.safetensors"), strict=True)
for part in (model, *model._blocks):
    part._swish = nn.ReLU6()
model.eval()

photographs = torch.stack([torch.tensor(x) for x in load_sample_images().images]).permute(0, 3, 1, 2).float()
photographs = nn.functional.interpolate(photographs, (224, 224), mode="bilinear", antialias=True)
image = (photographs - 127) / 128
with torch.no_grad():
    features = model.extract_features(image).mean((2, 3))
    likely = model(image).softmax(1).topk(3)
print(likely.indices.tolist(), likely.values.tolist())
save_file({"image": image.permute(0, 2, 3, 1).contiguous(), "features": features}, folder / "golden.safetensors")
