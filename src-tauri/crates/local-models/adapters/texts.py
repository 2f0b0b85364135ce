"""The texts of `data` as states of the model, and batches of them."""

import json
import subprocess
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "../data"


def read(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def ids_of(program, texts, e5, longest, role="query"):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    out = subprocess.run([program, role], input=lines, capture_output=True, text=True, check=True).stdout
    return [[e5.begin, *json.loads(line), e5.end][:longest] for line in out.splitlines()]


def padded(rows, count, width):
    length = -(-max(map(len, rows)) // 16) * 16
    x = np.zeros((count, length, width), np.float32)
    mask = np.zeros((count, length), bool)
    mask[len(rows) :, 0] = True
    for at, row in enumerate(rows):
        x[at, : len(row)] = row
        mask[at, : len(row)] = True
    return x, mask


def lower_states(e5, ids, first):
    """The states before layer `first`, for each text as long as it is."""
    run = e5.lower(first)
    states = [None] * len(ids)
    order = np.argsort([len(row) for row in ids])
    for start in range(0, len(order), 64):
        part = order[start : start + 64]
        length = -(-max(len(ids[i]) for i in part) // 16) * 16
        tokens = np.ones((64, length), np.int64)
        mask = np.zeros((64, length), bool)
        mask[:, 0] = True
        for at, i in enumerate(part):
            tokens[at, : len(ids[i])] = ids[i]
            mask[at, : len(ids[i])] = True
        x = np.asarray(run(tokens, mask)).astype(np.float16)
        for at, i in enumerate(part):
            states[i] = x[at][: len(ids[i])]
    return states


def batches(which, lengths, size, random):
    """In another order each time; texts of like length together, so that little is padding."""
    order = random.permutation(which)
    found = []
    for start in range(0, len(order), size * 16):
        part = order[start : start + size * 16]
        part = part[np.argsort(lengths[part])]
        found += [part[i : i + size] for i in range(0, len(part) - size + 1, size)]
    random.shuffle(found)
    return found
