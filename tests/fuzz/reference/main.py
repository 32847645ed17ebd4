"""Answers the questions of `deno task fuzz`: a question a line in, an answer a line out (codec.py).

A module here is an area; its KINDS are functions of settings and inputs that give {"right": …}, and in "given" what is
to be read. A question that raises ValueError or RuntimeError is one that the reference refuses.

Needs what the areas import: torch, transformers, scikit-learn, Pillow below 13, torchvision, pyarrow.
"""

import importlib
import os
import sys
import warnings
from pathlib import Path

from codec import decode, encode

warnings.simplefilter("ignore")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
sys.path.append(str(Path(__file__).parents[2] / "golden" / "pixels"))
try:
    import vision  # noqa: F401  torchvision of another build than torch's loads through it, also for transformers
except (ImportError, AssertionError):  # or there is none, or a Pillow that its areas refuse
    pass


def answer(question):
    kinds = importlib.import_module(question["area"]).KINDS
    try:
        return kinds[question["kind"]](question["settings"], question["inputs"])
    except (ValueError, RuntimeError) as error:
        return {"refused": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    for line in sys.stdin:
        print(encode(answer(decode(line))), file=answers, flush=True)
