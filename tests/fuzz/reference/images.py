"""Pictures changed by Pillow and torchvision's transforms."""

import numpy as np
from PIL import Image
from vision import F

BILINEAR, NEAREST = F.InterpolationMode.BILINEAR, F.InterpolationMode.NEAREST


def image(picture):
    return Image.fromarray(picture["data"].reshape(picture["height"], picture["width"], 3))


def plain(changed):
    return {"width": changed.width, "height": changed.height, "data": np.asarray(changed.convert("RGB")).reshape(-1)}


def of(change):
    return lambda s, _: {"right": plain(change(s, image(s["picture"])))}


def resized_crop(s, im):
    return F.resized_crop(im, s["y"], s["x"], s["height"], s["width"], (s["toHeight"], s["toWidth"]), BILINEAR)


def affine(s, im):
    return F.affine(im, s["angle"], s["translate"], s["scale"], s["shear"], NEAREST)


def normalize(s, _):
    tensor = F.normalize(F.to_tensor(image(s["picture"])), s["mean"], s["std"])
    return {"right": tensor.permute(1, 2, 0).contiguous().numpy().reshape(-1)}


KINDS = {
    "resize": of(lambda s, im: im.resize((s["width"], s["height"]), Image.Resampling.BILINEAR)),
    "resizedCrop": of(resized_crop),
    "framed": of(lambda s, im: F.center_crop(F.resize(im, s["resize"], BILINEAR), s["pixels"])),
    "flip": of(lambda s, im: F.hflip(im)),
    "rotate": of(lambda s, im: F.rotate(im, s["angle"], NEAREST)),
    "affine": of(affine),
    "brightness": of(lambda s, im: F.adjust_brightness(im, s["factor"])),
    "contrast": of(lambda s, im: F.adjust_contrast(im, s["factor"])),
    "saturation": of(lambda s, im: F.adjust_saturation(im, s["factor"])),
    "hue": of(lambda s, im: F.adjust_hue(im, s["factor"])),
    "normalize": normalize,
}
