"""Token ids of transformers' BertTokenizer."""

import tempfile
from pathlib import Path

from transformers import BertTokenizer


def of(lowercase):
    def ids(s, _):
        with tempfile.TemporaryDirectory() as folder:
            vocabulary = Path(folder) / "vocab.txt"
            vocabulary.write_text("\n".join(s["vocabulary"]) + "\n", encoding="utf-8")
            tokenizer = BertTokenizer(str(vocabulary), do_lower_case=lowercase)
        cut = {"truncation": True, "padding": "max_length", "max_length": s["tokens"]}
        found = tokenizer(s["texts"], **cut)
        flat = lambda rows: [x for row in rows for x in row]
        return {"right": {"ids": flat(found["input_ids"]), "mask": flat(found["attention_mask"])}}

    return ids


KINDS = {"uncased": of(True), "cased": of(False)}
