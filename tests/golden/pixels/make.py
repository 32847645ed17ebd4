"""Writes the goldens of the pixel tests: what Pillow and torchvision give.

    pip install "pillow<13" numpy torch torchvision && python make.py

Pillow below 13, because the published notebook ran on one: it resizes horizontally first, but for pictures over a
hundred times as tall as wide from 12.2 on, of which there are none here; Pillow 13 resizes others that get much lower
vertically first, too, which moves values by one level.

  images/…           small image files of many kinds
  images.json        for each: width, height, and its RGB bytes by Pillow in base64
  transforms.json    for each case: the operation, its parameters, the output's size and place in transforms.bin
  transforms.bin     the input pictures and the outputs, RGB
  draws.json         distributions of torchvision's random parameters, and its fallback windows
  normalize.json     every byte after ToTensor and Normalize
"""

import base64
import io
import json
import random
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms
from vision import F, T, scene

warnings.simplefilter("ignore")
here = Path(__file__).parent
images = here / "images"
images.mkdir(exist_ok=True)

# ---------------------------------------------------------------- image files

W, H = 21, 19
picture = scene(W, H, 1)
grey = picture.convert("L")
alpha = scene(W, H, 2).convert("L")
rgba = Image.merge("RGBA", [*picture.split(), alpha.point(lambda v: 0 if v < 90 else v)])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, kind, values, interlace=False, extra=b""):
    """A PNG file by hand, for the kinds Pillow does not write. values: [height, width, channels]."""

    def rows(part):
        """Each row after one of the five filters in turn."""
        out, step, above = b"", max(1, part.shape[2] * depth // 8), None
        for i, row in enumerate(part):
            flat = row.reshape(-1)
            if depth == 16:
                packed = flat.astype(">u2").tobytes()
            elif depth == 8:
                packed = flat.astype(np.uint8).tobytes()
            else:
                bits = flat[:, None] >> np.arange(depth - 1, -1, -1) & 1
                packed = np.packbits(bits.reshape(-1).astype(np.uint8)).tobytes()
            line = np.frombuffer(packed, np.uint8).astype(int)
            above = np.zeros_like(line) if above is None else above
            left, corner = (np.concatenate([np.zeros(step, int), v])[: len(line)] for v in (line, above))
            guess = left + above - corner
            a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
            paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
            coded = line - (0, left, above, (left + above) // 2, paeth)[i % 5]
            out += bytes([i % 5]) + (coded % 256).astype(np.uint8).tobytes()
            above = line
        return out

    passes = [(0, 0, 1, 1)]
    if interlace:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [values[y::dy, x::dx] for y, x, dy, dx in passes]
    body = b"".join(rows(part) for part in parts if part.size)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], depth, kind, 0, 0, int(interlace))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(body, 9))
            + chunk(b"IEND", b""))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(image, **options):
    return saved(image, "JPEG", quality=options.pop("quality", 85), **options)


def without_adobe(data):
    at = data.index(b"Adobe") - 4
    return data[:at] + data[at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0] :]


def as_ycck(data):
    """The same bytes declared as YCCK."""
    at = data.index(b"Adobe") + 11
    return data[:at] + b"\2" + data[at + 1 :]


def swapped_profile():
    """A colour profile that swaps red and green: whoever applies it is found out."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {}
    for i in range(struct.unpack(">I", profile[128:132])[0]):
        name, at, length = struct.unpack(">4sII", profile[132 + 12 * i : 144 + 12 * i])
        tags[name] = slice(at, at + length)
    red, green = bytes(profile[tags[b"rXYZ"]]), bytes(profile[tags[b"gXYZ"]])
    profile[tags[b"rXYZ"]], profile[tags[b"gXYZ"]] = green, red
    profile[24:36] = bytes(12)  # the time of its making
    return bytes(profile)


def moved(gif, screen, at, transparent=None):
    """The GIF with another screen size, its frame moved, perhaps a transparent index."""
    data = bytearray(gif)
    data[6:10] = struct.pack("<HH", *screen)
    frame = 13 + 3 * (2 << (data[10] & 7))
    while data[frame] == 0x21:
        frame += 2
        while data[frame]:
            frame += data[frame] + 1
        frame += 1
    data[frame + 1 : frame + 5] = struct.pack("<HH", *at)
    control = b"" if transparent is None else bytes([0x21, 0xF9, 4, 1, 0, 0, transparent, 0])
    return bytes(data[:frame]) + control + bytes(data[frame:])


exif = Image.Exif()
exif[0x0112] = 6
four = Image.merge("CMYK", [*scene(W, H, 3).split(), alpha])
few = picture.quantize(6)
RGB, L, A = np.asarray(picture).astype(int), np.asarray(grey).astype(int)[..., None], np.asarray(rgba).astype(int)
low = np.random.default_rng(4).integers(0, 255, (H, W, 1))
palette = lambda n: chunk(b"PLTE", np.random.default_rng(n).integers(0, 256, 3 * n).astype(np.uint8).tobytes())

files = {
    "baseline_444.jpg": jpeg(picture, subsampling=0),
    "baseline_422.jpg": jpeg(picture, subsampling=1),
    "baseline_420.jpg": jpeg(picture, subsampling=2),
    "rough_420.jpg": jpeg(picture, subsampling=2, quality=35),
    "progressive.jpg": jpeg(picture, progressive=True),
    "restart.jpg": jpeg(picture, restart_marker_blocks=1),
    "grey.jpg": jpeg(grey),
    "grey_progressive.jpg": jpeg(grey, progressive=True),
    "cmyk.jpg": jpeg(four),
    "ycck.jpg": as_ycck(jpeg(four)),
    "cmyk_without_adobe.jpg": without_adobe(jpeg(four)),
    "rotated_by_exif.jpg": jpeg(picture, exif=exif),
    "profile.jpg": jpeg(picture, icc_profile=swapped_profile()),
    "rgb.png": saved(picture, "PNG"),
    "rgba.png": saved(rgba, "PNG"),
    "grey.png": saved(grey, "PNG"),
    "grey_alpha.png": saved(Image.merge("LA", [grey, alpha]), "PNG"),
    "one_bit.png": saved(picture.convert("1"), "PNG"),
    "palette.png": saved(few, "PNG"),
    "palette_transparent.png": saved(few, "PNG", transparency=1),
    "palette_alpha.png": saved(few, "PNG", transparency=bytes([0, 50, 100, 150])),
    "profile.png": saved(picture, "PNG", icc_profile=swapped_profile()),
    "two_bit_grey.png": png(2, 0, L >> 6),
    "four_bit_palette.png": png(4, 3, L >> 4, extra=palette(16)),
    "rgb_interlaced.png": png(8, 2, RGB, True),
    "rgba_interlaced.png": png(8, 6, A, True),
    "one_bit_interlaced.png": png(1, 0, L >> 7, True),
    "palette_interlaced.png": png(8, 3, L, True, palette(256)),
    "rgb_16.png": png(16, 2, RGB * 256 + low),
    "rgba_16_interlaced.png": png(16, 6, A * 256 + low, True),
    "grey_16.png": png(16, 0, L * 256 + low),
    "grey_16_dark.png": png(16, 0, L * 2),
    "grey_alpha_16.png": png(16, 4, np.dstack([L, A[..., 3:]]) * 256 + low),
    "grey_key.png": png(2, 0, L >> 6, extra=chunk(b"tRNS", b"\0\1")),
    "rgb_key.png": png(8, 2, RGB, extra=chunk(b"tRNS", struct.pack(">HHH", *RGB[5, 5].tolist()))),
    "palette.gif": saved(few, "GIF"),
    "grey.gif": saved(grey, "GIF"),
    "interlaced.gif": saved(few, "GIF", interlace=1),
    "transparent.gif": saved(few, "GIF", transparency=2),
    "animated.gif": saved(few, "GIF", save_all=True, append_images=[scene(W, H, 5).quantize(6)]),
    "small_frame.gif": moved(saved(few, "GIF"), (30, 25), (5, 3)),
    "small_frame_transparent.gif": moved(saved(few, "GIF"), (30, 25), (5, 3), 2),
    "frame_outside.gif": moved(saved(few, "GIF"), (10, 10), (4, 2)),
    "lossy.webp": saved(picture, "WEBP", quality=80),
    "lossy_alpha.webp": saved(rgba, "WEBP", quality=80),
    "lossless.webp": saved(rgba, "WEBP", lossless=True, exact=True),
    "animated.webp": saved(picture, "WEBP", lossless=True, save_all=True, append_images=[scene(W, H, 5)]),
}
expected = {}
for name, data in files.items():
    (images / name).write_bytes(data)
    decoded = Image.open(io.BytesIO(data)).convert("RGB")
    expected[name] = {
        "width": decoded.width,
        "height": decoded.height,
        "rgb": base64.b64encode(decoded.tobytes()).decode(),
    }
(here / "images.json").write_text(json.dumps(expected, indent=0) + "\n")

# ---------------------------------------------------------------- transforms

numbers = random.Random(7)
blob, inputs, cases = bytearray(), {}, []


def stored(image):
    at = len(blob)
    blob.extend(image.tobytes())
    return {"width": image.width, "height": image.height, "at": at}


# Every 17th level of red, green and blue.
levels = np.arange(4096)
lattice = np.stack([levels >> 8, levels >> 4 & 15, levels & 15], -1).reshape(64, 64, 3) * 17
sources = {
    "tall": scene(20, 24, 11),
    "wide": scene(27, 16, 12),
    "square": scene(22, 22, 13),
    "dark": scene(20, 20, 14).point(lambda v: v // 6),
    "lattice": Image.fromarray(lattice.astype(np.uint8)),
}
for name, image in sources.items():
    inputs[name] = stored(image)


def case(op, source, values, run):
    cases.append({"op": op, "input": source, "values": values, "output": stored(run(sources[source], *values))})


small = ("tall", "wide", "square")
for i in range(8):
    source = (*small, "dark")[i % 4]
    case("brightness", source, [numbers.uniform(0, 2)], F.adjust_brightness)
    case("contrast", source, [numbers.uniform(0, 2)], F.adjust_contrast)
    case("saturation", source, [numbers.uniform(0, 2)], F.adjust_saturation)
    case("hue", source, [numbers.uniform(-0.5, 0.5)], F.adjust_hue)
for factor in (0, 1):
    case("brightness", "tall", [factor], F.adjust_brightness)
    case("contrast", "tall", [factor], F.adjust_contrast)
    case("saturation", "tall", [factor], F.adjust_saturation)
for shift in (-0.5, 0.13):
    case("hue", "lattice", [shift], F.adjust_hue)
for angle in (0, 90, 180, 270, -90, 360, 450):
    case("rotate", "wide", [angle], F.rotate)
    case("rotate", "square", [angle], F.rotate)
for i in range(18):
    case("rotate", small[i % 3], [numbers.uniform(-180, 180) if i % 2 else numbers.uniform(-20, 20)], F.rotate)


def affine(image, angle, right, down, scale, shear_x, shear_y):
    return F.affine(image, angle, [right, down], scale, [shear_x, shear_y])


affine_cases = [(0, 0, 0, 1, 0, 0), (0, 3, -2, 1, 0, 0), (0, 0, 0, 1.7, 0, 0), (0, -1, 4, 0.6, 0, 0), (180, 1, 2, 1, 0, 0),
                (0, 0, 0, 0.5, 0, 0)]  # the last, on "square", meets the picture's edge exactly
for _ in range(10):
    move = (numbers.randint(-3, 3), numbers.randint(-3, 3))
    affine_cases.append((0, *move, numbers.uniform(0.9, 1.1), numbers.uniform(-10, 10), 0))
    affine_cases.append((numbers.uniform(-180, 180), *move, numbers.uniform(0.4, 2), numbers.uniform(-40, 40),
                         numbers.uniform(-40, 40)))
for i, values in enumerate(affine_cases):
    case("affine", small[i % 3], list(values), affine)


def resize(image, width, height):
    return F.resize(image, [height, width])


for width, height in ((20, 24), (20, 7), (7, 24), (1, 1), (3, 2), (10, 12), (33, 19), (40, 48), (9, 31), (31, 9), (13, 13)):
    case("resize", "tall", [width, height], resize)
for _ in range(8):
    case("resize", numbers.choice(small), [numbers.randint(1, 30), numbers.randint(1, 30)], resize)


def resized_crop(image, x, y, width, height, to_width, to_height):
    return F.resized_crop(image, y, x, height, width, [to_height, to_width])


for values in ((0, 0, 20, 24, 11, 11), (5, 3, 10, 20, 16, 16), (12, 20, 8, 4, 9, 9), (3, 3, 12, 12, 12, 12), (19, 0, 1, 24, 8, 8)):
    case("resizedCrop", "tall", list(values), resized_crop)
for name in small:
    case("flip", name, [], F.hflip)
(here / "transforms.bin").write_bytes(blob)
(here / "transforms.json").write_text(
    json.dumps({"inputs": inputs, "cases": cases}).replace('}, {"op"', '},\n{"op"') + "\n")

# ---------------------------------------------------------------- draws

torch.manual_seed(1)
DRAWS = 40_000


def distribution(values):
    """Values t with P(v <= t), at up to 24 quantiles."""
    values = np.sort(np.asarray(values))
    points = np.unique(np.quantile(values, np.linspace(0.02, 0.98, 24), method="lower"))
    return {"at": points.tolist(), "below": (np.searchsorted(values, points, "right") / len(values)).round(5).tolist()}


def columns(names, rows):
    return {name: distribution(column) for name, column in zip(names, zip(*rows))}


windows, fallbacks = [], []
for width, height, scale, ratio in ((200, 300, (0.7, 1), (3 / 4, 4 / 3)), (90, 120, (0.08, 1), (3 / 4, 4 / 3)),
                                    (300, 60, (0.3, 0.9), (0.5, 3))):
    blank = Image.new("RGB", (width, height))
    rows = [T.RandomResizedCrop.get_params(blank, scale, ratio) for _ in range(DRAWS)]
    windows.append({"width": width, "height": height, "scale": scale, "ratio": ratio,
                    "windows": columns(("y", "x", "height", "width"), rows)})
for width, height in ((10, 100), (100, 10), (30, 30), (40, 31), (31, 45), (7, 3), (1, 9), (6, 3), (3, 6), (15, 10)):
    for ratio in ((3 / 4, 4 / 3), (0.5, 1.5)):
        # A share of 5 never fits.
        y, x, h, w = T.RandomResizedCrop.get_params(Image.new("RGB", (width, height)), (5, 5), ratio)
        fallbacks.append({"width": width, "height": height, "ratio": ratio,
                          "window": {"x": x, "y": y, "width": w, "height": h}})

ranges = {"degrees": (-5, 15), "translate": (0.1, 0.2), "scale": (0.9, 1.1), "shear": (-10, 10, -3, 4)}
rows = []
for _ in range(DRAWS):
    angle, (right, down), factor, (shear_x, shear_y) = T.RandomAffine.get_params(*ranges.values(), [150, 70])
    rows.append((angle, right, down, factor, shear_x, shear_y))
affines = columns(("angle", "right", "down", "scale", "shearX", "shearY"), rows)

jitter = T.ColorJitter(brightness=0.3, contrast=0.2, saturation=1.5, hue=0.15)
rows = [T.ColorJitter.get_params(jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue) for _ in range(DRAWS)]
factors = columns(("brightness", "contrast", "saturation", "hue"), [row[1:] for row in rows])
(here / "draws.json").write_text(json.dumps({
    "windows": windows,
    "fallbacks": fallbacks,
    "affine": {"width": 150, "height": 70, **ranges, "draws": affines},
    "jitter": {"brightness": jitter.brightness, "contrast": jitter.contrast, "saturation": jitter.saturation,
               "hue": jitter.hue, "draws": factors},
}, indent=1) + "\n")

# ---------------------------------------------------------------- normalize

every = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2))
values = F.normalize(F.to_tensor(every), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
(here / "normalize.json").write_text(json.dumps(values.permute(1, 2, 0).reshape(-1).tolist()) + "\n")
