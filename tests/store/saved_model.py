"""Prints the logits of a SavedModel for the inputs beside it."""
import json
import sys

import numpy as np
import tensorflow as tf

folder = sys.argv[1]
predict = tf.saved_model.load(folder).signatures["serving_default"]
with open(f"{folder}/inputs.json") as file:
    inputs = json.load(file)
given = {
    name: tf.constant(np.array(value["data"], value["dtype"]).reshape(value["shape"]))
    for name, value in inputs.items()
}
print(json.dumps(predict(**given)["logits"].numpy().ravel().tolist()))
