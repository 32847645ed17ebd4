"""Token ids of transformers' BertTokenizer that src/data/tokens.ts must repeat, over a small vocabulary.

    pip install transformers
    python make.py            # writes vocab.txt, saved/tokenizer.json and tokens.json beside itself
"""

import json
import pathlib
import random
import tempfile

from transformers import BertTokenizer

here = pathlib.Path(__file__).parent
specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
letters = [chr(c) for c in range(33, 127)] + list("éßñıσςαдяあア漢字日한𠀀𪜀😀—’…·")
words = "the movie film cafe naive resume un ##aff ##able ##s ##ing run ##n ##o ##d don 20 ##19".split()
entries = list(dict.fromkeys(specials + letters + ["##" + c for c in letters] + words))
(here / "vocab.txt").write_text("\n".join(entries) + "\n", encoding="utf-8")

plain = [
    "", " ", "\t\n\r\n", "The movie.", "Café naïve RÉSUMÉ", "unaffable films, running!", "don't can’t — it’s…",
    "漢字と日本語 한국어 film", "x𠀀y 𪜀film 𫝀𫠠", "ΟΔΟΣ Σίσυφος ΣΑΣ", "İstanbul ıI ß ẞ ﬁlm Ⅷ ² ½", "e\u0301 e\u0301\u0327 \u0301a",
    "zero\u200bwidth soft\u00adhyphen bom\ufefffilm nul\x00bell\x07del\x7f nel\x85x", "a\u00a0b\u2003c\u3000d\u2028e",
    "😀film 👨‍👩‍👧 🏳️‍🌈 e😀", "[SEP] in [CLS] a [MASK] plot [PAD][UNK] [sep]", "## ##s #1 @home $5,000 100% 20/19",
    "y" * 100, "y" * 101, "é" * 100, "é" * 101, "the " * 40, "\ufffd�film", "a\ud7ffb", "film" + "!" * 130,
]
pieces = [*"abeIİıßΣςé 漢𠀀한あ.,'-—…[]#", "\u0301", " ", "  ", "\n", "\x00", "\u200d", "\ufeff", "😀", "the", "film", "[SEP]", "unaffable"]
draw = random.Random(7)
texts = plain + ["".join(draw.choice(pieces) for _ in range(draw.randint(1, 24))) for _ in range(300)]

with tempfile.TemporaryDirectory() as saved:
    lower = BertTokenizer(str(here / "vocab.txt"), do_lower_case=True)
    cased = BertTokenizer(str(here / "vocab.txt"), do_lower_case=False)
    cased.save_pretrained(saved)
    (here / "saved").mkdir(exist_ok=True)
    kept = json.loads((pathlib.Path(saved) / "tokenizer.json").read_text())
    (here / "saved" / "tokenizer.json").write_text(json.dumps(kept) + "\n")

fixed = dict(truncation=True, padding="max_length", max_length=16)
lines = [
    json.dumps([text, lower(text)["input_ids"], cased(text)["input_ids"], lower(text, **fixed)["input_ids"], lower(text, **fixed)["attention_mask"]])
    for text in texts
]
(here / "tokens.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
