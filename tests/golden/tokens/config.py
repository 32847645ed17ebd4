"""Writes config.json: what transformers' AutoTokenizer makes of vocab.txt beside other tokenizer_config.json files.

    pip install transformers tokenizers && python config.py
"""

import json
import tempfile
from pathlib import Path

from transformers import BertTokenizerFast

here = Path(__file__).parent
vocab = (here / "vocab.txt").read_text().rstrip("\n").split("\n")
texts = [text for text, *_ in json.loads((here / "tokens.json").read_text())]
renamed = {"[PAD]": "<pad>", "[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
special = {f"{name}_token": renamed[f"[{name.upper()}]"] for name in ("pad", "unk", "cls", "sep", "mask")}
configs = [
    ({"do_lower_case": True, "strip_accents": False}, vocab),
    ({"do_lower_case": False, "strip_accents": True}, vocab),
    ({"tokenize_chinese_chars": False}, vocab),
    ({"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False}, vocab),
    ({**special, "unk_token": {"content": "<unk>", "__type": "AddedToken"}}, [renamed.get(entry, entry) for entry in vocab]),
]
found = []
for config, entries in configs:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocab.txt"
        path.write_text("\n".join(entries) + "\n")
        plain = {name: value["content"] if isinstance(value, dict) else value for name, value in config.items()}
        tokenizer = BertTokenizerFast.from_pretrained(folder, **plain)
        found.append({"config": config, "ids": [tokenizer(text)["input_ids"] for text in texts]})
(here / "config.json").write_text(json.dumps(found) + "\n")
