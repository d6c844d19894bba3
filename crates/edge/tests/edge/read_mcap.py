"""Reads a recording as anybody does who knows the format: python read_mcap.py FILE

Prints one line of JSON: whether the file has its index, how the chunks are compressed, and each message with its topic,
time and content. A file that broke off is read record by record, as far as it goes.
"""

import io
import json
import struct
import sys

from mcap.exceptions import EndOfFile
from mcap.reader import make_reader
from mcap.records import Channel, Chunk, Message, Schema
from mcap.stream_reader import StreamReader

MAGIC = b"\x89MCAP0\r\n"


def records(file, **how):
    """All that are whole."""
    try:
        yield from StreamReader(io.BytesIO(file), validate_crcs=True, **how).records
    except (EndOfFile, struct.error):
        assert not file.endswith(MAGIC)


def said(schema, channel, message):
    return {"topic": channel.topic, "schema": schema.name, "at": message.log_time, "says": json.loads(message.data)}


with open(sys.argv[1], "rb") as opened:
    file = opened.read()
compression = {record.compression for record in records(file, emit_chunks=True) if isinstance(record, Chunk)}
schemas, channels, messages = {}, {}, []
for record in records(file):
    if isinstance(record, Schema):
        schemas[record.id] = record
    elif isinstance(record, Channel):
        channels[record.id] = record
    elif isinstance(record, Message):
        channel = channels[record.channel_id]
        messages.append(said(schemas[channel.schema_id], channel, record))
is_whole = file.endswith(MAGIC)
if is_whole:
    by_index = make_reader(io.BytesIO(file), validate_crcs=True).iter_messages()
    assert [said(*each) for each in by_index] == messages
print(json.dumps({"is_whole": is_whole, "compression": sorted(compression), "messages": messages}))
