"""The other end of codec.ts: JSON with typed arrays and the numbers that JSON has not."""

import base64
import json
import math

import numpy as np

TYPES = {"$f4": np.dtype("<f4"), "$i4": np.dtype("<i4"), "$u1": np.dtype("u1")}


def _object(found):
    if "$n" in found:
        return float(found["$n"].replace("Infinity", "inf"))
    for key, dtype in TYPES.items():
        if key in found:
            return np.frombuffer(base64.b64decode(found[key]), dtype)
    if {"dtype", "shape", "data"} <= found.keys() and isinstance(found["data"], np.ndarray):
        return found["data"].reshape(found["shape"])
    return found


def decode(text):
    return json.loads(text, object_hook=_object)


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return {"$u1": base64.b64encode(value).decode()}
    if isinstance(value, np.ndarray):
        key = {"f": "$f4", "i": "$i4", "u": "$u1"}[value.dtype.kind]
        return {key: base64.b64encode(np.ascontiguousarray(value, TYPES[key])).decode()}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return {"$n": "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"}
    return value


def encode(value):
    return json.dumps(_plain(value), ensure_ascii=False)
