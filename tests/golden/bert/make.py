"""What transformers gives for eight sentences, by a small BERT beside this script or by a real one in a folder.

    python make.py            # writes model.safetensors and golden.json beside itself: random weights, published names
    python make.py DIR        # writes DIR/golden.json for DIR/{config.json,model.safetensors,vocab.txt}

For instance, where the hub can be reached: DIR = a copy of `google-bert/bert-base-uncased` or of any other BERT with
WordPiece, such as `sentence-transformers/all-MiniLM-L6-v2`. Then `deno task fidelity --bert DIR` compares.

golden.json: the model's shape, the sentences, the length they are padded to, the mean of the last hidden states over the
tokens that count, and the pooler's output where the file has one. Run with torch 2.13, transformers 5.23, safetensors 0.8.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertConfig, BertForPreTraining, BertModel, BertTokenizer

here = Path(__file__).parent
sys.path.append(str(here.parent / "mini"))
from twin import unusual  # noqa: E402

TOKENS = 32
SENTENCES = [
    "",
    "A film.",
    "The café's résumé: naïve, unaffable & 20/19!",
    "An old man, a dog and a long road home; neither knows the way.",
    "漢字 and kana あア in one sentence",
    "In 1942 two brothers are drafted. One returns — the other is never heard of again…",
    "no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no no",
    "She said \"run\" and he ran 😀",
]


def small(folder):
    """A BERT in the names of the published file: `bert.` in front, gamma and beta, position numbers, heads."""
    torch.manual_seed(5)
    vocab = here.parent / "tokens" / "vocab.txt"
    shutil.copy(vocab, folder / "vocab.txt")
    config = BertConfig(
        vocab_size=len(vocab.read_text(encoding="utf-8").splitlines()),
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=40,
        max_position_embeddings=TOKENS,
        initializer_range=0.3,
    )
    model = unusual(BertForPreTraining(config))
    model.save_pretrained(folder)
    rename = lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    arrays = {rename(name): value.clone() for name, value in model.state_dict().items() if "decoder" not in name}
    arrays["bert.embeddings.position_ids"] = torch.arange(TOKENS)[None]
    save_file(arrays, here / "model.safetensors", {"format": "pt"})


def golden(folder, out):
    model, tokenizer = BertModel.from_pretrained(folder).eval(), BertTokenizer.from_pretrained(folder)
    config = model.config
    text = tokenizer(SENTENCES, truncation=True, padding="max_length", max_length=TOKENS, return_tensors="pt")
    with torch.no_grad():
        given = model(input_ids=text["input_ids"], attention_mask=text["attention_mask"])
    counts = text["attention_mask"][..., None]
    mean = (given.last_hidden_state * counts).sum(1) / counts.sum(1)
    with safe_open(folder / "model.safetensors", "pt") as file:
        pools = any("pooler" in name for name in file.keys())
    numbers = dict(
        vocabulary=config.vocab_size,
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        hidden=config.intermediate_size,
        positions=config.max_position_embeddings,
        tokens=TOKENS,
        sentences=SENTENCES,
        mean=mean.tolist(),
        pooled=given.pooler_output.tolist() if pools else None,
    )
    out.write_text(json.dumps(numbers) + "\n")


if len(sys.argv) > 1:
    folder = Path(sys.argv[1])
    golden(folder, folder / "golden.json")
else:
    with tempfile.TemporaryDirectory() as made:
        small(Path(made))
        golden(Path(made), here / "golden.json")
