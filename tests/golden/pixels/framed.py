"""Writes framed.json beside this script: pictures by torchvision's Resize (of the shorter side) and CenterCrop.

    pip install "pillow<13" numpy torch torchvision && python framed.py
"""

import base64
import json
from pathlib import Path

from vision import T, scene

text = lambda image: base64.b64encode(image.tobytes()).decode()
cases = []
for width, height, resize, pixels in [
    (24, 37, 16, 13), (37, 24, 16, 13), (22, 22, 16, 14), (22, 22, 22, 17), (16, 40, 16, 16), (23, 31, 16, 13),
    (31, 23, 16, 14), (13, 20, 29, 24), (20, 25, 8, 8), (41, 21, 9, 6),
]:
    picture = scene(width, height, len(cases))
    shown = T.Compose([T.Resize(resize), T.CenterCrop(pixels)])(picture)
    cases.append({"width": width, "height": height, "rgb": text(picture), "resize": resize, "pixels": pixels, "shown": text(shown)})
path = Path(__file__).parent / "framed.json"
path.write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
