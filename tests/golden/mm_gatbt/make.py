"""The MM-GATBT recipe in PyTorch, in miniature: its numbers for a batch, and three steps of Adam. Dropout is off.

Run with torch 2.14, transformers 5.23, safetensors 0.8: python make.py
"""

import sys
from pathlib import Path

import torch
from torch import nn
from transformers import BertConfig, BertModel

here = Path(__file__).parent
sys.path.append(str(here.parent / "graph"))
from steps import write  # noqa: E402
from twin import GATLayers, adjacency_of, random_edges, random_weights  # noqa: E402

NODES, FEATURES, LABELS, TOKENS, SEP = 10, 6, 4, 9, 3
BERT = dict(vocab_size=29, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32)


class System(nn.Module):
    """Features of the nodes, edges, the rows of a batch and their texts to logits."""

    def __init__(self):
        super().__init__()
        self.gat_layers = GATLayers(FEATURES, layers=3, heads=2, size=3, dropout=0.1, slope=0.1)
        self.image_tokens = nn.Linear(6, BERT["hidden_size"])
        self.text_backbone = BertModel(BertConfig(**BERT, max_position_embeddings=16))
        self.classifier = nn.Linear(BERT["hidden_size"], LABELS)

    def forward(self, nodes, edges, row, input_ids, attention_mask):
        seen = torch.tanh(self.gat_layers(nodes, adjacency_of(edges, len(nodes))))[row]
        words = self.text_backbone.embeddings.word_embeddings
        # [CLS] image [SEP] in the first segment, the text behind its own [CLS] in the second; positions begin twice.
        block = [words(input_ids[:, :1]), self.image_tokens(seen)[:, None], words(torch.full((len(row), 1), SEP))]
        text = input_ids.shape[1] - 1
        pooled = self.text_backbone(
            inputs_embeds=torch.cat([*block, words(input_ids[:, 1:])], 1),
            attention_mask=torch.cat([torch.ones(len(row), 3), attention_mask[:, 1:]], 1),
            token_type_ids=torch.tensor([[0] * 3 + [1] * text] * len(row)),
            position_ids=torch.tensor([[*range(3), *range(text)]]),
        ).pooler_output
        return self.classifier(pooled)


random = torch.Generator().manual_seed(4)
torch.manual_seed(4)
model = System()
random_weights(model.gat_layers, random)
with torch.no_grad():
    for name, parameter in model.named_parameters():
        if "bias" in name or "LayerNorm" in name:
            parameter.add_(torch.randn(parameter.shape, generator=random) * 0.1)
        elif not name.startswith("gat_layers"):
            parameter.mul_(5)
mask = (torch.arange(TOKENS) < torch.tensor([TOKENS, 6, 3, 2])[:, None]).long()
inputs = dict(
    nodes=torch.randn(NODES, FEATURES, generator=random),
    edges=random_edges(NODES, 0.25, random),
    row=torch.tensor([7, 0, 3, 9]),
    input_ids=torch.randint(4, BERT["vocab_size"], (4, TOKENS), generator=random) * mask,
    attention_mask=mask,
)
write(here, model, inputs, (torch.rand(4, LABELS, generator=random) < 0.4).float())
