"""NumPy permutations and Hugging Face splits that src/data/split.ts must repeat.

    pip install numpy datasets
    python make.py            # writes split.json beside itself
"""

import json
import math
import pathlib
import random
import zlib

import numpy
from datasets import Dataset

SEEDS = [0, 1, 2, 42, 1234567, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40 + 7, 2**53 - 1]
SIZES = [1, 2, 3, 4, 5, 7, 8, 16, 17, 100, 255, 256, 257, 1000, 4096, 65537, 300000]


def permutation(n, seed):
    order = numpy.random.default_rng(seed).permutation(n).astype("<i4")
    return {"n": n, "seed": seed, "first": order[:4].tolist(), "crc32": zlib.crc32(order.tobytes())}


def split(n, ratio, seed):
    sides = Dataset.from_dict({"row": list(range(n))}).train_test_split(test_size=ratio, seed=seed)
    train, test = sides["train"]["row"][:], sides["test"]["row"][:]
    return {
        "n": n, "ratio": ratio, "seed": seed, "train": len(train), "test": len(test),
        "firstTrain": train[:4], "firstTest": test[:4],
        "crc32": zlib.crc32(numpy.array(train + test, "<i4").tobytes()),
    }


def any_splits(count):
    """[n, ratio, seed, crc32 of all rows in their order] for sizes, parts and seeds at random."""
    draw = random.Random(15)
    while count > 0:
        n, ratio, seed = draw.randint(2, 20000), round(draw.uniform(0.01, 0.99), draw.randint(2, 15)), draw.getrandbits(53)
        if 0 < math.ceil(ratio * n) < n:
            yield [n, ratio, seed, split(n, ratio, seed)["crc32"]]
            count -= 1


golden = {
    "permutations": [permutation(n, seed) for seed in SEEDS for n in SIZES],
    "splits": [
        split(n, ratio, seed)
        for n, ratio, seed in [(15552, 0.15, 42), (637, 0.15, 42), (10, 0.1, 0), (10, 0.3, 7), (7, 0.5, 3), (100, 0.07, 9)]
    ],
    "any": list(any_splits(300)),
}
rows = ",\n".join(f' "{k}": [\n' + ",\n".join("  " + json.dumps(e) for e in v) + "\n ]" for k, v in golden.items())
pathlib.Path(__file__).with_name("split.json").write_text("{\n" + rows + "\n}\n")
