"""torchvision's transforms on PIL images, whatever torch it finds, and pictures to try them on."""

import numpy as np
import PIL
import torch
from PIL import Image, ImageDraw

# Pip may pair a torchvision with another build of torch, whose C extension then does not load. The transforms on PIL
# images need none of it; only the operators named at import must exist.
try:
    import torchvision
except RuntimeError:
    import sys

    for name in [n for n in sys.modules if n.startswith("torchvision")]:
        del sys.modules[name]
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms qnms roi_align _roi_align_backward ps_roi_align _ps_roi_align_backward roi_pool "
                 "_roi_pool_backward ps_roi_pool _ps_roi_pool_backward deform_conv2d _deform_conv2d_backward").split():
        operators.define(name + "(Tensor a) -> Tensor")
    import torchvision
from torchvision.transforms import functional as F  # noqa: E402, F401
from torchvision.transforms import transforms as T  # noqa: E402, F401

assert int(PIL.__version__.split(".")[0]) < 13, "this needs Pillow below 13, see make.py"


def scene(width, height, seed):
    """Ramps, discs and noise: smooth parts, edges and many colours."""
    r = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)], -1)
    picture = Image.fromarray(ramps.astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y, radius = r.integers(0, width), r.integers(0, height), r.integers(2, width // 3)
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=tuple(r.integers(0, 256, 3).tolist()))
    noisy = np.asarray(picture).astype(int) + r.integers(-15, 16, (height, width, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
