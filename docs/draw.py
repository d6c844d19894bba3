#!/usr/bin/env python3
"""Draws one layer again: draw.py SEED LAYER [PLACES [FIRST]] < holders, one a line.
Gives the ids that stand since the draw: draw.py --ids SEED < the ids of before, one a line. Explained in docs/rule-sets.md."""
import hashlib, hmac, itertools, sys

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"

def keyed(seed, message):
    return hmac.new(seed.encode(), message, hashlib.sha256).digest()

def words(seed, layer):
    for n in itertools.count():
        yield int.from_bytes(keyed(seed, layer.encode() + b"\0" + n.to_bytes(8, "big"))[:8], "big")

def draw(seed, layer, places):
    numbers, drawn = list(range(1, places + 1)), words(seed, layer)
    for last in range(places - 1, 0, -1):
        bound = last + 1
        other = next(word for word in drawn if word < 2**64 - 2**64 % bound) % bound
        numbers[last], numbers[other] = numbers[other], numbers[last]
    return numbers

def since_the_draw(seed, before):
    letters = (LETTERS[byte % 32] for byte in keyed(seed, b"id\0" + before.encode()[-11:])[:20])
    return before.split("_")[0] + "_" + "".join(letters)

given = sys.stdin.buffer.read().decode().split()
if sys.argv[1] == "--ids":
    for before in given:
        print(since_the_draw(sys.argv[2], before))
else:
    seed, layer = sys.argv[1:3]
    holders = sorted(given)
    places, first = [int(word) for word in (sys.argv[3:] + [len(holders), 1][len(sys.argv) - 3:])]
    for holder, number in zip(holders, draw(seed, layer, places)):
        print(holder, number + first - 1)
