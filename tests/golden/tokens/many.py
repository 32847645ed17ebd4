"""Token ids of transformers' BertTokenizer for 20,480 texts, and what it does with every character there is.

    pip install transformers
    python many.py            # writes many.bin and characters.json beside itself

The texts are made by rule, here and in tests/data/many_texts.ts alike, so that only a checksum of each is kept:
many.bin has, for each text, the crc32 of its 128 ids and 128 mask values, all int32, little-endian. The vocabulary is
made by rule, too: every character of the ranges below stands in it by itself and inside a word, so that no change of a
character hides behind [UNK].

characters.json: the tokens of "a" + character + "b" with a vocabulary of a, b and ##b, as [first code point, tokens],
one entry where the tokens change. Tokens: "1" is one unknown word, "57" a and ##b, "516" a, unknown and b, and so on.
"""

import json
import pathlib
import tempfile
import zlib

import numpy as np
from transformers import BertTokenizer

here = pathlib.Path(__file__).parent
COUNT, TOKENS = 20480, 128
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# First and last: Latin, combining marks, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Thai, Hangul parts,
# Latin and Greek with marks, punctuation, currency, letterlike, operators, boxes, CJK punctuation, kana, ideographs,
# Hangul, full width, mathematical letters, emoji, high ideographs.
RANGES = [
    (0x21, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x300, 0x345), (0x370, 0x377), (0x391, 0x3A1), (0x3A3, 0x3FF),
    (0x400, 0x481), (0x531, 0x556), (0x5D0, 0x5EA), (0x621, 0x652), (0x904, 0x94D), (0xE01, 0xE3A), (0x1100, 0x11FF),
    (0x1E00, 0x1F15), (0x2010, 0x2027), (0x20A0, 0x20BD), (0x2100, 0x2189), (0x2200, 0x22FF), (0x2500, 0x25FF),
    (0x3001, 0x303F), (0x3041, 0x3096), (0x30A1, 0x30FF), (0x4E00, 0x51FF), (0xAC00, 0xAEFF), (0xFF01, 0xFFBE),
    (0x1D400, 0x1D454), (0x1F300, 0x1F64F), (0x20000, 0x200FF),
]  # fmt: skip
SYLLABLES = "the film un aff able ing run no do n s mo vie sto ry ca fé na ïve Σ ß İ ﬁ 漢 字 20 19".split()
# Spaces, controls, what has no width, what is no character, special tokens, punctuation.
OTHERS = [" ", "  ", "\t", "\n", "\r\n", "\0", "\x07", "\x1f", "\x7f", "\x85", "\xa0", "\xad", "\u2003", "\u2028"]
OTHERS += ["\u200b", "\u200d", "\ufe0f", "\ufeff", "\ufffd", "\ue000", "\ufdd0", *SPECIALS, "##", "...", "--", "'s", '"']


def vocabulary():
    characters = [chr(c) for first, last in RANGES for c in range(first, last + 1)]
    entries = SPECIALS + characters + ["##" + c for c in characters]
    words = [s.lower() for s in SYLLABLES]
    return list(dict.fromkeys(entries + words + ["##" + w for w in words] + ["movie", "story", "unaffable"]))


class Draw:
    """xorshift32 (Marsaglia 2003)."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        x = self.state
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        self.state = x
        return x % n


def character(draw):
    first, last = RANGES[draw.below(len(RANGES))]
    return chr(first + draw.below(last - first + 1))


def unit(draw):
    kind = draw.below(12)
    if kind < 5:
        return "".join(SYLLABLES[draw.below(len(SYLLABLES))] for _ in range(1 + draw.below(4)))
    if kind < 7:
        first, last = RANGES[draw.below(len(RANGES))]
        return "".join(chr(first + draw.below(last - first + 1)) for _ in range(1 + draw.below(12)))
    if kind < 8:
        return OTHERS[draw.below(len(OTHERS))]
    if kind < 9:
        return character(draw) + chr(0x300 + draw.below(0x46)) + character(draw)
    if kind < 10:
        return str(draw.below(100000))
    if kind < 11:
        return character(draw).join(SYLLABLES[draw.below(len(SYLLABLES))] for _ in range(3))
    return character(draw) * (90 + draw.below(20)) if draw.below(8) == 0 else character(draw)


def text(index):
    """Mostly up to a dozen units, some empty, some as long as a plot, a few very long."""
    draw = Draw(2654435761 * (index + 1) % 2**32)
    for _ in range(4):
        draw.below(1)
    size = draw.below(1000)
    units = 0 if size < 10 else draw.below(12) if size < 950 else 40 + draw.below(80) if size < 999 else 2000
    return "".join(unit(draw) + ("" if draw.below(4) == 0 else " ") for _ in range(units))


def tokenizer(entries):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vocab.txt"
        path.write_text("\n".join(entries) + "\n", encoding="utf-8", newline="\n")
        return BertTokenizer(str(path), do_lower_case=True)


def many():
    fast = tokenizer(vocabulary())
    encoded = fast([text(i) for i in range(COUNT)], truncation=True, padding="max_length", max_length=TOKENS)
    rows = np.concatenate([np.array(encoded["input_ids"]), np.array(encoded["attention_mask"])], 1).astype("<i4")
    assert rows.shape == (COUNT, 2 * TOKENS)
    (here / "many.bin").write_bytes(np.array([zlib.crc32(row.tobytes()) for row in rows], "<u4").tobytes())


def characters():
    fast = tokenizer(SPECIALS + ["a", "b", "##b"])
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    runs = []
    for start in range(0, len(points), 65536):
        some = points[start : start + 65536]
        for point, ids in zip(some, fast([f"a{chr(c)}b" for c in some])["input_ids"]):
            tokens = "".join(map(str, ids[1:-1]))
            if not runs or runs[-1][1] != tokens:
                runs.append([point, tokens])
    (here / "characters.json").write_text(json.dumps(runs, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    many()
    characters()
