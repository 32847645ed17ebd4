"""A small BERT as transformers, sentence-transformers and torch's wrappers leave it on disk.

    pip install torch==2.13.0 transformers==5.24.0 safetensors
    python tests/golden/weights/make.py

plain.safetensors has the model's own names; every other file or folder has the same numbers, in other forms.
"""
import shutil
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM, BertModel

warnings.filterwarnings("ignore")
here = Path(__file__).parent
torch.manual_seed(0)
sizes = dict(hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
config = BertConfig(vocab_size=12, max_position_embeddings=6, **sizes)
model = BertModel(config).eval()
for weight in model.parameters():  # numbers that float16 and bfloat16 have
    weight.data = (weight.data * 64).round() / 64
plain = {name: value.clone() for name, value in model.state_dict().items()}


def save(name, tensors):
    save_file({key: value.contiguous().clone() for key, value in tensors.items()}, here / f"{name}.safetensors")


def prefixed(prefix):
    return {prefix + name: value for name, value in plain.items()}


save("plain", plain)
save("float16", {name: value.half() for name, value in plain.items()})
save("bfloat16", {name: value.bfloat16() for name, value in plain.items()})
for name, prefix in {"bert": "bert.", "module": "module.", "compiled": "_orig_mod.bert.", "sentence": "0.auto_model."}.items():
    save(name, prefixed(prefix))
others = {
    "embeddings.position_ids": torch.arange(6)[None],
    "extra.fp8": torch.zeros(4).to(torch.float8_e4m3fn),
    "extra.int8": torch.zeros(4, dtype=torch.int8),
    "extra.uint32": torch.zeros(4, dtype=torch.uint32),
    "extra.complex": torch.zeros(4, dtype=torch.complex64),
    "extra.bool": torch.zeros(4, dtype=torch.bool),
    "extra.int64": torch.tensor([2**40]),
}
save("other-types", {**plain, **others})
save("towers", {**prefixed("left."), **prefixed("right.")})

for name in ["sharded", "masked"]:
    shutil.rmtree(here / name, ignore_errors=True)
model.save_pretrained(here / "sharded", max_shard_size="1KB")
masked = BertForMaskedLM(config)
masked.bert.load_state_dict(plain, strict=False)
masked.save_pretrained(here / "masked")
for config_file in here.glob("*/config.json"):
    config_file.unlink()
