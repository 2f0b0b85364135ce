"""Trains `data/subjects.adapter`. See README.md."""

import argparse
import re
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

import e5 as model
from texts import batches, ids_of, lower_states, padded, read

HERE = Path(__file__).parent
COUNT = 106
FIRST, RANK = 6, 32
EPOCHS, BATCH, RATE, HEAD_RATE, DROP = 3, 32, 1.5e-3, 5e-3, 0.1
LEFT_OUT = 12
LONGEST = 64
SCALE = 8.0
# Of what is asked, shared out to all subjects.
DOUBT = 0.05
SURE = 0.8


def subject_names():
    """In the order of `Subject::all`."""
    source = (HERE / "../../domain/src/subject.rs").read_text()
    listed = re.search(r"const NAMES: .*? = &\[\n(.*?)\n\];", source, re.DOTALL).group(1)
    names = re.findall(r'^ *"(\w+)",$', listed, re.MULTILINE)
    assert len(names) == COUNT, f"{len(names)} subjects instead of {COUNT}"
    return names


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tokens", required=True, help="the built example `tokens`")
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--begin", help="an adapter to go on from: one epoch, at a third of the rates")
    arguments = arguments.parse_args()
    begun = time.time()
    subjects = subject_names()
    e5 = model.E5(HERE / "../../../models/e5-small-q4.bin")
    rows = read("subjects.jsonl")
    kept_back = np.arange(0, len(rows), LEFT_OUT)
    trained = np.setdiff1d(np.arange(len(rows)), kept_back)
    asked = np.array([[subject in row["asks"] for subject in subjects] for row in rows])
    wanted = (asked / asked.sum(1, keepdims=True)).astype(np.float32)
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
        "head": {"w": jnp.zeros((e5.hidden, len(subjects))), "b": jnp.zeros(len(subjects))},
    }
    epochs, part_of_rate = EPOCHS, 1.0
    if arguments.begin:
        epochs, part_of_rate = 1, 1 / 3
        _, params["layers"], weights, biases = model.read(arguments.begin, e5)
    mean = jnp.asarray(all_vectors(params["layers"], np.arange(len(rows))).mean(0))
    if arguments.begin:
        params["head"] = {"w": weights.T / SCALE, "b": biases + mean @ weights.T}

    def odds(params, vector):
        return (vector - mean) * SCALE @ params["head"]["w"] + params["head"]["b"]

    def loss(params, x, mask, wanted, key):
        soft = wanted * (1 - DOUBT) + DOUBT / len(subjects)
        return optax.softmax_cross_entropy(odds(params, vectors(params["layers"], x, mask, key)), soft).mean()

    steps = epochs * (len(trained) // BATCH)
    rate = optax.warmup_cosine_decay_schedule(0, part_of_rate, steps // 10, steps, 0.02 * part_of_rate)
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
    for epoch in range(epochs):
        losses = []
        for batch in batches(trained, lengths, BATCH, random):
            x, mask = padded([states[i] for i in batch], BATCH, e5.hidden)
            key, own = jax.random.split(key)
            params, state, value = step(params, state, x, mask, wanted[batch], own)
            losses.append(float(value))
        shares = np.asarray(jax.nn.softmax(odds(params, jnp.asarray(all_vectors(params["layers"], kept_back)))))
        right = asked[kept_back, shares.argmax(1)]
        sure = shares.max(1) >= SURE
        print(
            f"epoch {epoch + 1}: loss {sum(losses) / len(losses):.3f}, right of {len(right)} left out {right.mean():.3f}, "
            f"of the {sure.sum()} with {SURE} or more {right[sure].sum() / max(sure.sum(), 1):.3f}, {time.time() - begun:.0f} s",
            flush=True,
        )
    weights = SCALE * np.asarray(params["head"]["w"], np.float64)
    biases = np.asarray(params["head"]["b"], np.float64) - np.asarray(mean, np.float64) @ weights
    model.write(arguments.out, e5, FIRST, params["layers"], weights.T, biases)


if __name__ == "__main__":
    main()
