#!/usr/bin/env python3
"""Draws one layer again: draw.py SEED LAYER [PLACES [FIRST]] < holders, one a line. Explained in docs/rule-sets.md."""
import hashlib, hmac, itertools, sys

def words(seed, layer):
    for n in itertools.count():
        message = layer.encode() + b"\0" + n.to_bytes(8, "big")
        yield int.from_bytes(hmac.new(seed.encode(), message, hashlib.sha256).digest()[:8], "big")

def draw(seed, layer, places):
    numbers, drawn = list(range(1, places + 1)), words(seed, layer)
    for last in range(places - 1, 0, -1):
        bound = last + 1
        other = next(word for word in drawn if word < 2**64 - 2**64 % bound) % bound
        numbers[last], numbers[other] = numbers[other], numbers[last]
    return numbers

seed, layer = sys.argv[1:3]
holders = sorted(sys.stdin.buffer.read().decode().split())
places, first = [int(word) for word in (sys.argv[3:] + [len(holders), 1][len(sys.argv) - 3:])]
for holder, number in zip(holders, draw(seed, layer, places)):
    print(holder, number + first - 1)
