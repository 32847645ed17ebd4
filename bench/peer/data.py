"""The notebook's data path: PIL and torchvision's transforms on PIL images, a DataLoader of two workers.

    python data.py FOLDER SIDES.json

Says what it is, then answers each line `epoch` by the seconds of an epoch: every training poster changed at random and
every validation poster resized, in batches of 16. The row numbers of both sides are in SIDES.json. The workers stay from
one epoch to the next, which the notebook's do not.
"""

import io
import json
import sys
import time
from pathlib import Path

import PIL
import pyarrow.parquet as pq
import torch
from PIL import Image

# Pip may pair a torchvision with another build of torch, whose C extension then does not load. The transforms on PIL
# images need none of it; only the operators named at import must exist.
try:
    import torchvision
except RuntimeError:
    for name in [n for n in sys.modules if n.startswith("torchvision")]:
        del sys.modules[name]
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms qnms roi_align _roi_align_backward ps_roi_align _ps_roi_align_backward roi_pool "
                 "_roi_pool_backward ps_roi_pool _ps_roi_pool_backward deform_conv2d _deform_conv2d_backward").split():
        operators.define(name + "(Tensor a) -> Tensor")
    import torchvision
from torchvision import transforms as T  # noqa: E402

BATCH, WORKERS, PIXELS = 16, 2, 224
normalize = [T.ToTensor(), T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
training = T.Compose([
    T.RandomResizedCrop(PIXELS, scale=(0.7, 1.0)),
    T.RandomHorizontalFlip(p=0.5),
    T.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3, hue=0.15),
    T.RandomRotation(20),
    T.RandomAffine(degrees=0, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=10),
    *normalize,
])
validating = T.Compose([T.Resize((PIXELS, PIXELS)), *normalize])


class Posters(torch.utils.data.Dataset):
    def __init__(self, files, rows, transform):
        self.files, self.rows, self.transform = files, rows, transform

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.transform(Image.open(io.BytesIO(self.files[self.rows[i]])).convert("RGB"))


def main(folder, sides):
    torch.set_num_threads(1)
    shards = sorted(Path(folder, "data").glob("*.parquet"))
    files = [images[0]["bytes"] for shard in shards for images in pq.read_table(shard)["images"].to_pylist()]
    rows = json.loads(Path(sides).read_text())
    loaders = [
        torch.utils.data.DataLoader(
            Posters(files, rows[side], transform), batch_size=BATCH, shuffle=side == "train", num_workers=WORKERS,
            persistent_workers=True)
        for side, transform in [("train", training), ("validation", validating)]
    ]
    print(json.dumps(f"torchvision {torchvision.__version__} on Pillow {PIL.__version__}, {WORKERS} workers"), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        for loader in loaders:
            for _ in loader:
                pass
        print(json.dumps(time.perf_counter() - start), flush=True)


main(*sys.argv[1:])
