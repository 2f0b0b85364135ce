"""Trains `data/labels.adapter`. See README.md."""

import argparse
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

import e5 as model
from texts import batches, ids_of, lower_states, padded, read

HERE = Path(__file__).parent
# In the order of `Label::ALL`.
LABELS = ["praise", "criticism", "complaint", "question", "partnership", "abuse", "spam"]
FIRST, RANK = 6, 32
EPOCHS, BATCH, RATE, HEAD_RATE, DROP = 4, 32, 2e-3, 5e-3, 0.1
LEFT_OUT = 5
LONGEST = 96
SCALE = 8.0
DOUBT = 0.02


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
    states = lower_states(e5, ids_of(arguments.tokens, [row["text"] for row in rows], e5, LONGEST), FIRST)
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
        losses = []
        for batch in batches(trained, lengths, BATCH, random):
            x, mask = padded([states[i] for i in batch], BATCH, e5.hidden)
            key, own = jax.random.split(key)
            params, state, value = step(params, state, x, mask, wanted[batch], own)
            losses.append(float(value))
        said = np.asarray(odds(params, jnp.asarray(all_vectors(params["layers"], np.array(kept_back))))).argmax(1)
        labelled = [(at, label) for at, label in zip(kept_back, said) if rows[at]["labels"]]
        right = np.mean([LABELS[label] in rows[at]["labels"] for at, label in labelled])
        print(f"epoch {epoch + 1}: loss {sum(losses) / len(losses):.3f}, right of seeds left out {right:.3f}, {time.time() - begun:.0f} s", flush=True)
    weights = SCALE * np.asarray(params["head"]["w"], np.float64)
    biases = np.asarray(params["head"]["b"], np.float64) - np.asarray(mean, np.float64) @ weights
    model.write(arguments.out, e5, FIRST, params["layers"], weights.T, biases)


if __name__ == "__main__":
    main()
