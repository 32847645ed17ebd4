"""The published system in PyTorch, in any size, with its loss and optimizer: what the goldens of other folders use, too."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers import BertConfig, BertModel


class Bottleneck(nn.Module):
    """ResNet v1.5, as torchvision's: the stride is the 3x3 convolution's."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        conv = lambda i, o, k, s=1: nn.Conv2d(i, o, k, s, k // 2, bias=False)
        self.conv1, self.bn1 = conv(inputs, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = conv(width, 4 * width, 1), nn.BatchNorm2d(4 * width)
        self.downsample = nn.Identity()
        if inputs != 4 * width:
            self.downsample = nn.Sequential(conv(inputs, 4 * width, 1, stride), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        h = F.relu(self.bn2(self.conv2(h)))
        return F.relu(self.bn3(self.conv3(h)) + self.downsample(x))


class ResNet(nn.Module):
    """`[batch, 3, height, width] -> [batch, features]`, with any number of stages."""

    def __init__(self, blocks, width=64):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width)
        self.features, self.stages = width, len(blocks)
        for stage, count in enumerate(blocks):
            inner = width << stage
            made = []
            for block in range(count):
                made.append(Bottleneck(self.features, inner, 2 if stage > 0 and block == 0 else 1))
                self.features = 4 * inner
            self.add_module(f"layer{stage + 1}", nn.Sequential(*made))

    def map(self, x):
        """`[batch, 3, height, width] -> [batch, features, height', width']`"""
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in range(self.stages):
            x = getattr(self, f"layer{stage + 1}")(x)
        return x

    def forward(self, x):
        return self.map(x).mean((2, 3))


class SwiGLU(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        hidden = int(inputs * 8 / 3)
        self.w1_gate, self.w3_value = nn.Linear(inputs, hidden), nn.Linear(inputs, hidden)
        self.w2_output = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.w2_output(F.silu(self.w1_gate(x)) * self.w3_value(x))


class System(nn.Module):
    """Poster and plot to logits, frozen as published."""

    def __init__(self, blocks, width, bert, projection, heads, labels):
        super().__init__()
        self.image_backbone = ResNet(blocks, width)
        self.text_backbone = BertModel(BertConfig(**bert))
        self.requires_grad_(False)
        text = self.text_backbone
        for learns in (self.image_backbone.layer4, text.embeddings, text.encoder.layer[-2:], text.pooler):
            learns.requires_grad_(True)
        fused = 2 * projection
        self.image_projection = SwiGLU(self.image_backbone.features, projection)
        self.text_projection = SwiGLU(text.config.hidden_size, projection)
        self.self_attention = nn.MultiheadAttention(fused, heads, dropout=0.1, batch_first=True)
        self.norm_after_attn = nn.LayerNorm(fused)
        self.classifier_ffn = SwiGLU(fused, projection)
        self.classifier_output_layer = nn.Sequential(
            nn.LayerNorm(fused), self.classifier_ffn, nn.Dropout(0.3), nn.Linear(projection, labels)
        )

    def forward(self, image, input_ids, attention_mask):
        pooled = self.text_backbone(input_ids=input_ids, attention_mask=attention_mask).pooler_output
        parts = [self.image_projection(self.image_backbone(image)), self.text_projection(pooled)]
        fused = torch.cat(parts, 1)
        token = fused[:, None]
        attended, _ = self.self_attention(token, token, token, need_weights=False)
        return self.classifier_output_layer(self.norm_after_attn(attended[:, 0] + fused))


def without_dropout(module):
    """The module in training mode, without its dropout: another implementation drops other elements."""
    for part in module.train().modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        if isinstance(part, nn.MultiheadAttention):
            part.dropout = 0.0
    return module


def unusual(module):
    """The module without trivial 0 and 1 in norms, biases and the padding row, and with convolutions that let an
    image through: numbers that depend on everything."""
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
                part.weight.uniform_(0.5, 1.5)
                part.bias.normal_(0, 0.1)
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
                part.running_mean.normal_(0, 0.1)
                part.running_var.uniform_(0.5, 1.5)
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight)
            if isinstance(part, nn.Embedding) and part.padding_idx is not None:
                part.weight[part.padding_idx].normal_()
            if isinstance(part, nn.Linear) and part.bias is not None:
                part.bias.uniform_(-0.1, 0.1)
            if isinstance(part, nn.MultiheadAttention):
                part.in_proj_bias.uniform_(-0.1, 0.1)
    return module


def focal_loss(logits, y):
    p = logits.sigmoid()
    missed = 1 - (p * y + (1 - p) * (1 - y))
    alpha = 0.25 * y + 0.75 * (1 - y)
    return (alpha * missed**2 * F.binary_cross_entropy_with_logits(logits, y, reduction="none")).mean()


def smooth(labels):
    return 0.9 * labels + 0.1 * (1 - labels)


def adamw(model, weight_decay=1e-5):
    return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=weight_decay)


def bert(vocabulary, width, heads, hidden, positions, deviation):
    """Three layers: the first is frozen."""
    return dict(
        vocab_size=vocabulary,
        hidden_size=width,
        num_hidden_layers=3,
        num_attention_heads=heads,
        intermediate_size=hidden,
        max_position_embeddings=positions,
        initializer_range=deviation,
    )


# As in src/cli/parity.ts.
SIZES = {
    "tiny": dict(blocks=[1, 1, 1, 1], width=2, bert=bert(29, 16, 2, 32, 16, 0.3), projection=8, heads=4, labels=5),
    "mini": dict(blocks=[1, 1, 1, 1], width=8, bert=bert(97, 32, 4, 64, 32, 0.1), projection=16, heads=8, labels=5),
    "full": dict(blocks=[3, 4, 6, 3], width=64, bert={}, projection=512, heads=8, labels=26),
}
