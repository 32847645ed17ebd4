"""The peer: the published system in PyTorch, as its notebook has it (ResNet-50 and BERT, SwiGLU projections,
self-attention fusion, focal loss on smoothed labels, AdamW), with random weights, at the size that it is told."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from transformers import BertConfig, BertModel

BERT = {"vocabulary": "vocab_size", "width": "hidden_size", "layers": "num_hidden_layers",
        "heads": "num_attention_heads", "hidden": "intermediate_size", "positions": "max_position_embeddings"}


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width * 4
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, blocks, width=64):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        inputs = width
        for stage, count in enumerate(blocks):
            channels, layers = width * 2**stage, []
            for block in range(count):
                layers.append(Bottleneck(inputs, channels, 2 if stage > 0 and block == 0 else 1))
                inputs = channels * 4
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.features = inputs

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return x.mean((2, 3))


class SwiGLU(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        hidden = int(inputs * 8 / 3)
        self.w1_gate = nn.Linear(inputs, hidden)
        self.w3_value = nn.Linear(inputs, hidden)
        self.w2_output = nn.Linear(hidden, outputs)

    def forward(self, x):
        return self.w2_output(F.silu(self.w1_gate(x)) * self.w3_value(x))


class Multimodal(nn.Module):
    """`size` is a workload's, as the other side has it."""

    def __init__(self, size):
        super().__init__()
        self.image_backbone = ResNet(**size["image"])
        self.text_backbone = BertModel(BertConfig(**{BERT[k]: v for k, v in size["text"].items()}))
        for p in self.parameters():
            p.requires_grad = False
        thawed = [self.image_backbone.layer4, self.text_backbone.pooler, self.text_backbone.embeddings]
        for module in [*thawed, *self.text_backbone.encoder.layer[-2:]]:
            for p in module.parameters():
                p.requires_grad = True
        projection = size["projection"]
        fused = projection * 2
        self.image_projection = SwiGLU(self.image_backbone.features, projection)
        self.text_projection = SwiGLU(self.text_backbone.config.hidden_size, projection)
        self.self_attention = nn.MultiheadAttention(fused, size["heads"], batch_first=True, dropout=0.1)
        self.norm_after_attn = nn.LayerNorm(fused)
        self.classifier_ffn = SwiGLU(fused, projection)
        self.classifier_output_layer = nn.Sequential(
            nn.LayerNorm(fused), self.classifier_ffn, nn.Dropout(0.3), nn.Linear(projection, size["labels"]))

    def forward(self, image, input_ids, attention_mask):
        a = self.image_projection(self.image_backbone(image))
        b = self.text_projection(self.text_backbone(input_ids=input_ids, attention_mask=attention_mask).pooler_output)
        fused = torch.cat((a, b), 1)
        x = fused.unsqueeze(1)
        attended, _ = self.self_attention(x, x, x)
        return self.classifier_output_layer(self.norm_after_attn(attended.squeeze(1) + fused))


def focal_loss(logits, targets, alpha=0.25, gamma=2.0):
    bce = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p = torch.sigmoid(logits)
    pt = p * targets + (1 - p) * (1 - targets)
    return ((alpha * targets + (1 - alpha) * (1 - targets)) * (1 - pt) ** gamma * bce).mean()


def smooth(labels, epsilon=0.1):
    return labels * (1 - epsilon) + epsilon * (1 - labels)


def random_batch(workload, vocabulary):
    batch, tokens, pixels = workload["batch"], workload["tokens"], workload["pixels"]
    return dict(image=torch.randn(batch, 3, pixels, pixels),
                input_ids=torch.randint(1, vocabulary, (batch, tokens)),
                attention_mask=torch.ones(batch, tokens, dtype=torch.long),
                labels=(torch.rand(batch, workload["size"]["labels"]) < 0.25).float())


def optimizer_of(model):
    return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, weight_decay=1e-5)


def step(model, optimizer, batch):
    optimizer.zero_grad()
    loss = focal_loss(model(batch["image"], batch["input_ids"], batch["attention_mask"]), smooth(batch["labels"]))
    loss.backward()
    optimizer.step()
    return loss.item()  # waits for the device


def evaluate(model, batch):
    with torch.no_grad():
        return model(batch["image"], batch["input_ids"], batch["attention_mask"]).cpu()
