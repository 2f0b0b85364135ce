"""Trains `data/labels.adapter`. See README.md."""

import argparse
import json
import subprocess
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

import e5 as model

HERE = Path(__file__).parent
DATA = HERE / "../data"
# In the order of `Label::ALL`.
LABELS = ["praise", "criticism", "complaint", "question", "partnership", "abuse", "spam"]
FIRST, RANK = 6, 32
EPOCHS, BATCH, RATE, HEAD_RATE, DROP = 4, 32, 2e-3, 5e-3, 0.1
LEFT_OUT = 5
LONGEST = 96
SCALE = 8.0
DOUBT = 0.02


def read(name):
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def ids_of(program, texts, e5):
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    out = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    return [[e5.begin, *json.loads(line), e5.end][:LONGEST] for line in out.splitlines()]


def padded(rows, count, width):
    length = -(-max(map(len, rows)) // 16) * 16
    x = np.zeros((count, length, width), np.float32)
    mask = np.zeros((count, length), bool)
    mask[len(rows) :, 0] = True
    for at, row in enumerate(rows):
        x[at, : len(row)] = row
        mask[at, : len(row)] = True
    return x, mask


def lower_states(e5, ids):
    run = e5.lower(FIRST)
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


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tokens", required=True, help="the built example `tokens`")
    arguments.add_argument("--out", required=True)
    arguments = arguments.parse_args()
    begun = time.time()
    e5 = model.E5(HERE / "../../../models/e5-small-q4.bin")
    seeds, more = read("seeds.jsonl"), read("neighbours.jsonl")
    rows = seeds + more
    kept_back = [at for at in range(len(seeds)) if at % LEFT_OUT == 0]
    trained = np.array(sorted(set(range(len(rows))) - set(kept_back)))
    wanted = np.array([[float(label in row["labels"]) for label in LABELS] for row in rows], np.float32)
    states = lower_states(e5, ids_of(arguments.tokens, [row["text"] for row in rows], e5))
    lengths = np.array([len(state) for state in states])
    random = np.random.default_rng(0)

    def vectors(additions, x, mask, key=None):
        return model.unit_mean(e5.run(FIRST, e5.layers, additions, x, mask, key, DROP), mask)

    quick = jax.jit(vectors)

    def all_vectors(additions, which):
        found = np.zeros((len(which), e5.hidden), np.float32)
        order = np.argsort(lengths[which])
        for start in range(0, len(which), 64):
            part = order[start : start + 64]
            x, mask = padded([states[which[i]] for i in part], 64, e5.hidden)
            found[part] = np.asarray(quick(additions, x, mask))[: len(part)]
        return found

    params = {
        "layers": e5.additions(0, FIRST, RANK),
        "head": {"w": jnp.zeros((e5.hidden, len(LABELS))), "b": jnp.full((len(LABELS),), -2.0)},
    }
    mean = jnp.asarray(all_vectors(params["layers"], np.arange(len(rows))).mean(0))

    def odds(params, vector):
        return (vector - mean) * SCALE @ params["head"]["w"] + params["head"]["b"]

    def loss(params, x, mask, wanted, key):
        soft = wanted * (1 - 2 * DOUBT) + DOUBT
        return optax.sigmoid_binary_cross_entropy(odds(params, vectors(params["layers"], x, mask, key)), soft).sum(1).mean()

    steps = EPOCHS * (len(trained) // BATCH)
    rate = optax.warmup_cosine_decay_schedule(0, 1.0, steps // 10, steps, 0.02)
    kinds = {"layers": "layers", "head": "head"}
    optimizer = optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.multi_transform(
            {
                "head": optax.adam(lambda step: rate(step) * HEAD_RATE),
                "layers": optax.adamw(lambda step: rate(step) * RATE, weight_decay=0.01),
            },
            kinds,
        ),
    )
    state = optimizer.init(params)

    @jax.jit
    def step(params, state, x, mask, wanted, key):
        value, gradient = jax.value_and_grad(loss)(params, x, mask, wanted, key)
        updates, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, updates), state, value

    key = jax.random.PRNGKey(1)
    for epoch in range(EPOCHS):
        order = random.permutation(trained)
        batches = []
        # Texts of like length together, so that little is padding.
        for start in range(0, len(order), BATCH * 16):
            part = order[start : start + BATCH * 16]
            part = part[np.argsort(lengths[part])]
            batches += [part[i : i + BATCH] for i in range(0, len(part) - BATCH + 1, BATCH)]
        random.shuffle(batches)
        total = 0.0
        for batch in batches:
            x, mask = padded([states[i] for i in batch], BATCH, e5.hidden)
            key, own = jax.random.split(key)
            params, state, value = step(params, state, x, mask, wanted[batch], own)
            total += float(value)
        said = np.asarray(odds(params, jnp.asarray(all_vectors(params["layers"], np.array(kept_back))))).argmax(1)
        labelled = [(at, label) for at, label in zip(kept_back, said) if rows[at]["labels"]]
        right = np.mean([LABELS[label] in rows[at]["labels"] for at, label in labelled])
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}, right of seeds left out {right:.3f}, {time.time() - begun:.0f} s", flush=True)
    weights = SCALE * np.asarray(params["head"]["w"], np.float64)
    biases = np.asarray(params["head"]["b"], np.float64) - np.asarray(mean, np.float64) @ weights
    model.write(arguments.out, e5, FIRST, params["layers"], weights.T, biases)


if __name__ == "__main__":
    main()
