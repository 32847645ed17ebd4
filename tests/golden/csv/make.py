"""Rows of CSV texts as Python's csv module reads them, with the lines they begin on. Writes rows.json beside it.

The texts are made from the characters that matter; those whose quotes do not end are left out.
"""

import csv
import io
import json
import platform
import random
from pathlib import Path

rng = random.Random(0)


def rows(text: str):
    reader, found = csv.reader(io.StringIO(text, newline="")), []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return found
        if cells:
            found.append({"line": line, "cells": cells})


def text() -> str:
    ending = rng.choice(["\n", "\r\n", "\r"])
    return "".join(rng.choice(['"', '"', ",", ",", "a", "é", " ", "\n"]) for _ in range(rng.randrange(1, 24))).replace(
        "\n", ending
    )


def ends(text: str) -> bool:
    """Whether quotes end: a line behind the text is then a row of its own."""
    return rows(text + "\nbehind")[-1]["cells"] == ["behind"]


cases = [t for t in dict.fromkeys(text() for _ in range(900))]
golden = [{"text": t, "rows": rows(t)} for t in cases if ends(t)]
Path(__file__).with_name("rows.json").write_text(
    json.dumps({"python": platform.python_version(), "cases": golden}, ensure_ascii=False, separators=(",", ":"))
)
