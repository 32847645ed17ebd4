"""Writes TIFF and AVIF files and what Pillow decodes them to.

    pip install "pillow<13" numpy && python make.py

  images/…      small image files
  animated.avif two pictures, which sharp does not read
  images.json   for each: width, height, and its RGB bytes by `Image.open(file).convert("RGB")` in base64
"""

import base64
import json
from pathlib import Path

import numpy as np
from PIL import Image

here = Path(__file__).parent
images = here / "images"
images.mkdir(exist_ok=True)

W, H = 21, 19
y, x = np.mgrid[0:H, 0:W]
picture = Image.fromarray(np.stack([x * 12, y * 13, (x + y) * 6], -1).astype(np.uint8))
alpha = Image.fromarray(((x * 11 + y) % 256).astype(np.uint8))
grey16 = Image.fromarray((x * 3 + y * 9 + (x > 10) * 40000).astype(np.uint16))


def save(name, image, **options):
    image.save(images / name, **options)


save("rgb.tif", picture)
save("lzw.tif", picture, compression="tiff_lzw")
save("deflate.tif", picture, compression="tiff_adobe_deflate")
save("packbits.tif", picture, compression="packbits")
save("big.tif", picture, big_tiff=True)
save("grey.tif", picture.convert("L"))
save("grey_16.tif", grey16)
save("one_bit.tif", picture.convert("1"))
save("fax.tif", picture.convert("1"), compression="group4")
save("palette.tif", picture.quantize(16))
save("cmyk.tif", picture.convert("CMYK"))
save("rgba.tif", Image.merge("RGBA", [*picture.split(), alpha]))
save("grey_alpha.tif", Image.merge("LA", [picture.convert("L"), alpha]))
save("two_pages.tif", picture, save_all=True, append_images=[picture.rotate(180)])
for orientation in (3, 6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(f"orientation_{orientation}.tif", picture, exif=exif)
save("picture.avif", picture, quality=100, subsampling="4:4:4")
save("alpha.avif", Image.merge("RGBA", [*picture.split(), alpha]), quality=90)
picture.save(here / "animated.avif", save_all=True, append_images=[picture.rotate(180)], quality=90)

found = {}
for path in sorted(images.iterdir()):
    rgb = Image.open(path).convert("RGB")
    found[path.name] = {"width": rgb.width, "height": rgb.height, "rgb": base64.b64encode(rgb.tobytes()).decode()}
(here / "images.json").write_text(json.dumps(found, indent=1) + "\n")
