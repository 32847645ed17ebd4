"""Writes config.json: bytes of ConfigProto messages as TensorFlow's own Python classes write them (tensorflow 2.21.0)."""
import json
import pathlib

from tensorflow.core.protobuf import config_pb2, rewriter_config_pb2

ON = rewriter_config_pb2.RewriterConfig.ON


def config(threads):
    proto = config_pb2.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads, allow_soft_placement=True
    )
    proto.gpu_options.allow_growth = True
    return proto


def xla(proto):
    proto.graph_options.optimizer_options.global_jit_level = config_pb2.OptimizerOptions.ON_1


def bfloat16(proto):
    proto.graph_options.rewrite_options.auto_mixed_precision_onednn_bfloat16 = ON


def mixed(proto):
    proto.graph_options.rewrite_options.auto_mixed_precision = ON


def no_gpu(proto):
    proto.device_count["GPU"] = 0


cases = [
    ({"threads": 2}, 2, []),
    ({"threads": 300, "gpu": True}, 300, []),
    ({"threads": 2, "gpu": False}, 2, [no_gpu]),
    ({"threads": 2, "precision": "bfloat16"}, 2, [bfloat16]),
    ({"threads": 2, "precision": "mixed"}, 2, [mixed]),
    ({"threads": 2, "xla": True}, 2, [xla]),
    ({"threads": 2, "precision": "mixed", "xla": True}, 2, [mixed, xla]),
]
found = []
for settings, threads, changes in cases:
    proto = config(threads)
    for change in changes:
        change(proto)
    found.append({"config": settings, "bytes": proto.SerializeToString(deterministic=True).hex()})
path = pathlib.Path(__file__).with_name("config.json")
path.write_text(json.dumps(found, indent=2) + "\n")
