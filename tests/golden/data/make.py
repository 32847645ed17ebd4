"""A data set in the layout of the hub's `sxj1215/mmimdb`, and what the notebook makes of it.

    pip install "pillow<13" numpy torch torchvision transformers datasets scikit-learn && python make.py

  set/data/*.parquet   48 rows: every image file of ../pixels/images that is named below, and larger posters
  set/vocab.txt        a copy of ../tokens/vocab.txt
  expected.json        labels; for both sides in their order the rows, plots, targets, token ids and mask; for the
                       validation side the crc32 of each picture's numbers ([224, 224, 3], float32, little-endian); for
                       each row of the training side the random numbers that torchvision drew ("tape"), and that crc32
"""

import io
import json
import random
import re
import shutil
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import torch
from datasets import Dataset, Features, Image, List, Value, load_dataset
from sklearn.preprocessing import MultiLabelBinarizer
from transformers import BertTokenizer

here = Path(__file__).parent
sys.path.append(str(here.parent / "pixels"))
from vision import T, scene  # noqa: E402

ROWS, SHARDS, SEED, TOKENS = 48, 3, 42, 128
GENRES = """Action Adventure Animation Biography Comedy Crime Documentary Drama Family Fantasy Film-Noir History Horror
Music Musical Mystery News Reality-TV Romance Sci-Fi Short Sport Talk-Show Thriller War Western""".split()
draw = random.Random(3)


# ---------------------------------------------------------------- the rows


def larger(index):
    file = io.BytesIO()
    picture = scene(draw.randint(180, 320), draw.randint(220, 400), index)
    kind = ("L", "RGB", "RGB", "CMYK")[index % 4]
    picture.convert(kind).save(file, "JPEG", quality=60, subsampling=index % 3, progressive=index % 2 == 0)
    return file.getvalue()


WORDS = "the film movie running unaffable café naïve résumé don't 漢字 ΣΑΣ 20/19 — … 😀 e\u0301 \u200b\xa0x".split(" ")


def prompt(index):
    words = [draw.choice(WORDS) for _ in range(draw.choice([0, 3, 20, 60, 200]))]
    plot = "".join(word + draw.choice([" ", " ", "\n", ". "]) for word in words)
    if index % 11 == 5:
        return "<image>No plot here.\nNote that a movie may have several genres."
    return f"<image>Title: Film {index}\nPlot: {plot}\nNote that a movie may have several genres.\nPlot: no\nNote that a movie"


def answer(index):
    genres = {GENRES[index % 26], *draw.sample(GENRES, draw.randint(0, 3))}
    return draw.choice([",", ", ", " , "]).join(draw.choice([str.lower, str.upper, str])(g) for g in sorted(genres))


files = sorted((here.parent / "pixels" / "images").iterdir())
posters = [file.read_bytes() for file in files][:40]
posters += [larger(i) for i in range(ROWS - len(posters))]
draw.shuffle(posters)
rows = [
    {
        "messages": [{"content": prompt(i), "role": "user"}, {"content": answer(i), "role": "assistant"}],
        "images": [{"bytes": poster, "path": None}],
    }
    for i, poster in enumerate(posters)
]
features = Features(
    {"messages": [{"content": Value("string"), "role": Value("string")}], "images": List(Image())}
)
folder = here / "set"
(folder / "data").mkdir(parents=True, exist_ok=True)
size = ROWS // SHARDS
for shard in range(SHARDS):
    some = Dataset.from_list(rows[shard * size : (shard + 1) * size], features=features)
    some.to_parquet(folder / "data" / f"train-{shard:05}-of-{SHARDS:05}.parquet", batch_size=5)
shutil.copy(here.parent / "tokens" / "vocab.txt", folder / "vocab.txt")

# ---------------------------------------------------------------- the notebook


def plot_of(prompt):
    match = re.search(r"Plot:\s*(.*?)\s*\nNote that a movie", prompt, re.DOTALL)
    return match.group(1).strip() if match else "No plot found."


def genres_of(answer):
    return [genre.strip().lower() for genre in answer.split(",")]


normalized = [T.ToTensor(), T.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
validation = T.Compose([T.Resize((224, 224)), *normalized])
training = T.Compose(
    [
        T.RandomResizedCrop(224, scale=(0.7, 1.0)),
        T.RandomHorizontalFlip(p=0.5),
        T.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.3, hue=0.15),
        T.RandomRotation(20),
        T.RandomAffine(degrees=0, translate=(0.1, 0.1), scale=(0.9, 1.1), shear=10),
        *normalized,
    ]
)
tape = []


def recorded(draws):
    """The function, noting what it gives: a list for a permutation, otherwise a number."""

    def run(*given, **options):
        drawn = draws(*given, **options)
        tape.append(drawn.tolist() if draws is permutations else drawn.item())
        return drawn

    return run


def uniform(tensor, low, high):
    """A range of one number draws nothing."""
    drawn = uniforms(tensor, low, high)
    if low != high:
        tape.append(drawn.item())
    return drawn


permutations, uniforms = torch.randperm, torch.Tensor.uniform_
torch.Tensor.uniform_ = uniform
torch.rand, torch.randint, torch.randperm = map(recorded, (torch.rand, torch.randint, torch.randperm))


def checksum(tensor):
    return zlib.crc32(tensor.permute(1, 2, 0).contiguous().numpy().astype("<f4").tobytes())


with tempfile.TemporaryDirectory() as cache:
    paths = sorted(map(str, (folder / "data").iterdir()))
    loaded = load_dataset("parquet", data_files=paths, split="train", cache_dir=cache)
    loaded = loaded.cast_column("images", List(Image()))
    loaded = loaded.map(lambda row, i: {"row": i}, with_indices=True)
    labels = sorted({genre for row in loaded for genre in genres_of(row["messages"][1]["content"])})
    binarizer = MultiLabelBinarizer(classes=labels).fit([labels])
    tokenizer = BertTokenizer(str(folder / "vocab.txt"), do_lower_case=True)
    sides = loaded.train_test_split(test_size=0.15, seed=SEED)

    def example(row):
        plot = plot_of(row["messages"][0]["content"])
        text = tokenizer(plot, truncation=True, padding="max_length", max_length=TOKENS)
        return {
            "row": row["row"],
            "plot": plot,
            "target": binarizer.transform([genres_of(row["messages"][1]["content"])])[0].tolist(),
            "ids": np.trim_zeros(text["input_ids"], "b"),
            "tokens": sum(text["attention_mask"]),
        }

    def seen(row):
        return example(row) | {"picture": checksum(validation(row["images"][0].convert("RGB")))}

    def changed(row):
        torch.manual_seed(row["row"])
        tape.clear()
        picture = checksum(training(row["images"][0].convert("RGB")))
        return example(row) | {"tape": list(tape), "picture": picture}

    expected = {
        "labels": labels,
        "validation": [seen(row) for row in sides["test"]],
        "train": [changed(row) for row in sides["train"]],
    }
lines = lambda side: "[\n" + ",\n".join(map(json.dumps, expected[side])) + "\n]"
(here / "expected.json").write_text(
    f'{{"labels": {json.dumps(labels)},\n"validation": {lines("validation")},\n"train": {lines("train")}}}\n'
)
