"""Files that Python writes, to be read by us: safetensors, parquet, CSV."""

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from safetensors.torch import save


def safetensors(s, _):
    tensors, right = {}, {}
    for name, each in s["tensors"].items():
        tensor = torch.tensor(each["values"], dtype=torch.float64).reshape(each["shape"])
        tensors[name] = tensor.to(getattr(torch, each["dtype"]))
        read = tensors[name].float() if tensors[name].is_floating_point() else tensors[name].int()
        right[name] = {"shape": each["shape"], "data": read.numpy().reshape(-1)}
    return {"given": save(tensors, s["metadata"]), "right": right}


TYPES = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "bytes": pa.binary(),
}


def parquet(s, _):
    values = {
        name: [bytes(x) if column["type"] == "bytes" and x is not None else x for x in column["values"]]
        for name, column in s["columns"].items()
    }
    arrays = {name: pa.array(values[name], TYPES[column["type"]]) for name, column in s["columns"].items()}
    written = io.BytesIO()
    pq.write_table(pa.table(arrays), written, **s["options"])
    rows = pq.read_table(io.BytesIO(written.getvalue())).to_pylist()
    plain = lambda x: list(x) if isinstance(x, bytes) else x
    return {
        "given": written.getvalue(),
        "right": [{name: plain(x) for name, x in row.items()} for row in rows],
    }


def comma_separated(s, _):
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if s["quotesAll"] else csv.QUOTE_MINIMAL
    writer = csv.writer(written, delimiter=s["delimiter"], lineterminator=s["terminator"], quoting=quoting)
    writer.writerows([s["columns"], *s["rows"]])
    encoding = "utf-8-sig" if s["hasMark"] else "utf-8"
    return {
        "given": written.getvalue().encode(encoding),
        "right": [[cell.strip() for cell in row] for row in s["rows"]],
    }


KINDS = {"safetensors": safetensors, "parquet": parquet, "csv": comma_separated}
