"""Pictures out of files that Pillow wrote, as Pillow reads them."""

import io

import numpy as np
from images import image, plain
from PIL import Image


def converted(im, mode):
    """The picture in a mode that a file may have."""
    if mode == "P":
        return im.quantize(16)
    if mode == "LA":
        return Image.merge("LA", [im.convert("L"), im.getchannel(0)])
    if mode == "RGBA":
        return Image.merge("RGBA", [*im.split(), im.getchannel(1)])
    if mode == "I;16":
        return Image.fromarray(np.asarray(im.convert("L")).astype(np.uint16) * 257)
    return im.convert(mode)


def file(kind):
    def decoded(s, _):
        options = dict(s["options"])
        if "orientation" in options:
            exif = Image.Exif()
            exif[0x0112] = options.pop("orientation")
            options["exif"] = exif
        written = io.BytesIO()
        converted(image(s["picture"]), s["mode"]).save(written, kind, **options)
        return {"given": written.getvalue(), "right": plain(Image.open(written))}

    return decoded


KINDS = {kind: file(kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")}
