"""Films in the layouts of parquet that pandas, pyarrow, polars, datasets and duckdb write, and what pyarrow reads of them.

    pip install pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1 pandas==3.1.1 fastparquet==2026.9.0 pillow
    python tests/golden/parquet/make.py

Writes NAME.parquet and rows.json: by name, bytes in hexadecimal; those of names that are not there are as of pyarrow-none.
many.parquet, huge.parquet and inflated.parquet are small files that become large.
"""
import io
import json
from pathlib import Path

import duckdb
import fastparquet
import pandas
import polars
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

here = Path(__file__).parent
for old in here.glob("*.parquet"):
    old.unlink()


def png(i):
    file = io.BytesIO()
    Image.new("RGB", (4, 6), (i * 60, 255 - i * 50, 40)).save(file, "PNG")
    return file.getvalue()


def film(i):
    prompt = f"<image>Which genres?\nPlot: A ship {i} meets Amélie, 戦争.\nNote that a movie may have several."
    return {
        "messages": [{"content": prompt, "role": "user"}, {"content": ["Drama, War", "Comedy"][i % 2], "role": "assistant"}],
        "images": [{"bytes": png(i), "path": f"{i}.png"}],
    }


films = [film(i) for i in range(4)]
table = pa.Table.from_pylist(films)


def write(name, table=table, **options):
    pq.write_table(table, here / f"{name}.parquet", **options)


def cast(messages, images):
    return table.cast(pa.schema([("messages", messages), ("images", images)]))


def images(of):
    return pa.Table.from_pylist([{**film, "images": of(film["images"][0])} for film in films])


def struct(text, data):
    return pa.struct([("content", text), ("role", text)]), pa.struct([("bytes", data), ("path", text)])


for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    write(f"pyarrow-{codec}", compression=codec)
write("pages-v2", data_page_version="2.0", compression="zstd")
write("pages-v2-snappy", data_page_version="2.0", use_dictionary=False)
write("pages-small", data_page_size=64, write_batch_size=1, compression="gzip")
write("page-index", write_page_index=True, write_page_checksum=True)
write("row-groups", row_group_size=3)
write("list-item", use_compliant_nested_type=False)
text = "messages.list.element"
encodings = {f"{text}.content": "DELTA_BYTE_ARRAY", f"{text}.role": "DELTA_LENGTH_BYTE_ARRAY"}
write("delta", use_dictionary=False, column_encoding=encodings)
messages, posters = struct(pa.large_string(), pa.large_binary())
write("large", cast(pa.large_list(messages), pa.large_list(posters)))
required = pa.struct([pa.field("bytes", pa.binary(), nullable=False), pa.field("path", pa.string())])
write("required", cast(table.schema.field("messages").type, pa.list_(pa.field("element", required, nullable=False))))
write("struct", images(lambda image: image))
write("bytes", images(lambda image: image["bytes"]))
write("bytes-list", images(lambda image: [image["bytes"]]))
holes = [{"messages": None}, {"images": []}, {"images": None}, {"images": [{"bytes": None, "path": "x"}]}]
write("holes", pa.Table.from_pylist([{**film, **hole} for film, hole in zip(films, holes)], schema=table.schema))
numbers = pa.table({"row": pa.array([0, 2], pa.int64()), "note": pa.array(["é", None], pa.string_view())})
write("string-view", numbers)

frame = polars.from_arrow(table)
frame.write_parquet(here / "polars.parquet")
for codec in ["gzip", "brotli", "lz4"]:
    frame.write_parquet(here / f"polars-{codec}.parquet", compression=codec)
for version in ["v1", "v2"]:
    options = f"(format parquet, parquet_version {version}, compression zstd)"
    duckdb.sql(f"copy (from '{here}/pyarrow-none.parquet') to '{here}/duckdb-{version}.parquet' {options}")
pandas.DataFrame(films).to_parquet(here / "pandas.parquet")
fastparquet.write(str(here / "fastparquet-lz4.parquet"), pandas.DataFrame({"row": [0, 2], "note": ["é", "x"]}), compression="LZ4")


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


rows = {path.stem: plain(pq.read_table(path).to_pylist()) for path in sorted(here.glob("*.parquet"))}
usual = rows["pyarrow-none"]
rows = {name: found for name, found in rows.items() if found != usual or found is usual}
(here / "rows.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")

long = {**films[1], "messages": [films[1]["messages"][1]] * 6_000_000}
write("many", pa.Table.from_pylist([films[0], long, *films[2:]]), compression="zstd")
huge = {**films[1], "messages": [{"content": "Plot: " + "a" * 20_000_000, "role": "user"}, *films[1]["messages"][1:]]}
write("huge", pa.Table.from_pylist([films[0], huge, *films[2:]]), compression="zstd")
black = [{"bytes": bytes(600_000_000), "path": "black.bmp"}]
write("inflated", pa.Table.from_pylist([{**films[0], "images": black}]), compression="zstd", use_dictionary=False)
