"""The peer's side of a pair: trains or evaluates on a batch when asked to. One word a line in, seconds out.

    python step.py '{"workload": {...}, "device": "cpu", "compile": false}'

With "weights", a safetensors file, it starts from those and not at random.
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file

from model import Multimodal, evaluate, optimizer_of, random_batch, step

answers, sys.stdout = sys.stdout, sys.stderr  # libraries may print


def answer(value):
    print(json.dumps(value), file=answers, flush=True)


def main():
    task = json.loads(sys.argv[1])
    device = task["device"]
    if device == "cuda" and not torch.cuda.is_available():
        return answer({"error": "Cannot bench PyTorch on cuda: expected a GPU, found none"})
    torch.manual_seed(0)
    model = Multimodal(task["workload"]["size"])
    if "weights" in task:
        model.load_state_dict(load_file(task["weights"]))
    model = model.to(device)
    vocabulary = model.text_backbone.config.vocab_size
    batch = {k: v.to(device) for k, v in random_batch(task["workload"], vocabulary).items()}
    optimizer = optimizer_of(model)
    run = torch.compile(model) if task["compile"] else model

    def train():
        step(run, optimizer, batch)

    def evaluation():
        evaluate(run, batch)

    where = torch.cuda.get_device_name() if device == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    answer(f"PyTorch {torch.__version__} on {where}")
    for question in map(str.strip, sys.stdin):
        training = question == "train"
        if model.training != training:
            model.train(training)
        start = time.perf_counter()
        train() if training else evaluation()
        answer(time.perf_counter() - start)


main()
