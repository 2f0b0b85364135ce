"""Trains `data/answers.adapter`. See README.md."""

import argparse
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax

import e5 as model
from texts import ids_of, lower_states, padded, read

HERE = Path(__file__).parent
FIRST, RANK = 6, 32
EPOCHS, RATE, HEAD_RATE, LIKENESS_RATE, DROP = 3, 1e-3, 5e-3, 5e-2, 0.1
# Of a shop and in one step: questions, comments that ask nothing, and texts that may answer.
ASKED, IDLE, OFFERED = 32, 6, 26
# In tokens.
LONGEST_QUESTION, LONGEST_ANSWER = 48, 64
# Every tenth shop is left out and measured.
LEFT_OUT = 10
WITH_DESCRIPTION = 0.8
SCALE = 8.0


def texts_of(shop):
    """Every place of a shop with its text, and that without the product's description."""
    for section in shop["sections"]:
        text = f"{section['heading']}. {section['text']}"
        yield section["id"], text, text
    for product in shop["products"]:
        for field, value in product["fields"].items():
            about = product.get("description", "")
            name = product["name"]
            yield f"{product['id']}/{field}", f"{name}. {about} {field}: {value}", f"{name}. {field}: {value}"


def unit(x):
    return x / jnp.linalg.norm(x, axis=-1, keepdims=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tokens", required=True, help="the built example `tokens`")
    arguments.add_argument("--out", required=True)
    arguments = arguments.parse_args()
    begun = time.time()
    e5 = model.E5(HERE / "../../../models/e5-small-q4.bin")
    shops = {shop["id"]: shop for shop in read("shops.jsonl")}
    names = sorted(shops)
    left_out = set(names[3::LEFT_OUT])
    questions = read("shop-questions.jsonl")
    idle = [row["text"] for row in read("neighbours.jsonl") if "question" not in row["labels"]]

    places, full, short, of_shop = {}, [], [], {name: [] for name in names}
    for name in names:
        for place, text, bare in texts_of(shops[name]):
            places[name, place] = len(full)
            of_shop[name].append(len(full))
            full.append(text)
            short.append(bare)
    asked = {name: [] for name in names}
    for at, question in enumerate(questions):
        asked[question["shop"]].append(at)
    # -1 where nothing of the shop answers.
    answer = [places.get((q["shop"], q["at"]), -1) for q in questions]
    near = [places.get((q["shop"], q.get("near")), -1) for q in questions]

    ids = ids_of(arguments.tokens, [q["text"] for q in questions] + idle, e5, LONGEST_QUESTION)
    question_states = lower_states(e5, ids, FIRST)
    ids = ids_of(arguments.tokens, full + short, e5, LONGEST_ANSWER, "passage")
    answer_states = lower_states(e5, ids, FIRST)
    random = np.random.default_rng(0)

    def read_by(additions, x, mask, key=None):
        states = e5.run(FIRST, e5.layers, additions, x, mask, key, DROP)
        return model.unit_mean(states, mask), unit(states)

    def odds(params, question, offered, key=None):
        """Log-odds of every text for every question, against none of them."""
        first, second = (None, None) if key is None else jax.random.split(key)
        (x, mask), (y, there) = question, offered
        whole, tokens = read_by(params["layers"], x, mask, first)
        others, words = read_by(params["layers"], y, there, second)
        near = jnp.where(there[None, :, None, :], jnp.einsum("qih,ajh->qaij", tokens, words), -1.0).max(-1)
        told = jnp.where(mask[:, None, :], near, 0).sum(-1) / mask.sum(1)[:, None]
        like = params["like"]
        none = params["none"]["b"] + (whole - mean) * SCALE @ params["none"]["w"]
        return like["whole"] * (whole @ others.T - LIKE) + like["words"] * (told - LIKE) - none[:, None]

    LIKE = 0.85
    params = {
        "layers": e5.additions(0, FIRST, RANK),
        "like": {"whole": jnp.asarray(20.0), "words": jnp.asarray(20.0)},
        "none": {"w": jnp.zeros(e5.hidden), "b": jnp.asarray(1.0)},
    }
    some = [question_states[i] for i in random.permutation(len(questions))[:256]]
    mean = read_by(params["layers"], *padded(some, 256, e5.hidden))[0].mean(0)

    def loss(params, question, offered, there, wanted, key):
        said = jnp.where(there[None, :], odds(params, question, offered, key), -1e9)
        said = jax.nn.log_softmax(jnp.concatenate([said, jnp.zeros((len(said), 1))], 1))
        return -jnp.take_along_axis(said, jnp.where(wanted < 0, OFFERED, wanted)[:, None], 1).mean()

    trained = [name for name in names if name not in left_out]
    steps = EPOCHS * sum(-(-len(asked[name]) // ASKED) for name in trained)
    rate = optax.warmup_cosine_decay_schedule(0, 1.0, min(60, steps // 10), steps, 0.02)
    optimizer = optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.multi_transform(
            {
                "layers": optax.adamw(lambda step: rate(step) * RATE, weight_decay=0.01),
                "like": optax.adam(lambda step: rate(step) * LIKENESS_RATE),
                "none": optax.adam(lambda step: rate(step) * HEAD_RATE),
            },
            {"layers": "layers", "like": "like", "none": "none"},
        ),
    )
    state = optimizer.init(params)

    @jax.jit
    def step(params, state, question, offered, there, wanted, key):
        value, gradient = jax.value_and_grad(loss)(params, question, offered, there, wanted, key)
        updates, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, updates), state, value

    quick = jax.jit(odds)

    def measure():
        """Of the questions of the shops left out: answered right, and how many at 5 % wrong answers."""
        best = []
        for name in sorted(left_out):
            offered = padded([answer_states[i] for i in of_shop[name]], len(of_shop[name]), e5.hidden)
            for start in range(0, len(asked[name]), ASKED):
                part = asked[name][start : start + ASKED]
                question = padded([question_states[i] for i in part], ASKED, e5.hidden)
                said = np.asarray(quick(params, question, offered))[: len(part)]
                best += [(row.max(), answer[i] >= 0, of_shop[name][row.argmax()] == answer[i]) for i, row in zip(part, said)]
        best = np.array(best, float)
        ranked = best[np.argsort(-best[:, 0])]
        wrong = np.cumsum(1 - ranked[:, 2]) / np.arange(1, len(ranked) + 1)
        far = np.nonzero(wrong <= 0.05)[0]
        share = ranked[: far[-1] + 1, 2].sum() / best[:, 1].sum() if len(far) else 0.0
        return best[best[:, 1] > 0, 2].mean(), share

    key = jax.random.PRNGKey(0)
    for epoch in range(EPOCHS):
        batches = []
        for name in trained:
            order = list(random.permutation(asked[name]))
            batches += [(name, order[i : i + ASKED]) for i in range(0, len(order), ASKED)]
        random.shuffle(batches)
        total = 0.0
        for name, part in batches:
            rest = IDLE + ASKED - len(part)
            others = len(questions) + random.integers(0, len(idle), rest)
            question = padded([question_states[i] for i in [*part, *others]], ASKED + IDLE, e5.hidden)
            # The answers first, then what looks like one, then others.
            wanted = [answer[i] for i in part]
            needed = dict.fromkeys([i for i in wanted if i >= 0] + [near[i] for i in part if answer[i] < 0 and near[i] >= 0])
            more = [i for i in random.permutation(of_shop[name]) if i not in needed]
            chosen = [*needed, *more][:OFFERED]
            place = {text: at for at, text in enumerate(chosen)}
            wanted = np.array([place.get(i, -1) for i in wanted] + [-1] * rest)
            shown = [i if random.random() < WITH_DESCRIPTION else i + len(full) for i in chosen]
            offered = padded([answer_states[i] for i in shown], OFFERED, e5.hidden)
            key, own = jax.random.split(key)
            there = np.arange(OFFERED) < len(chosen)
            params, state, value = step(params, state, question, offered, there, wanted, own)
            total += float(value)
        right, share = measure()
        print(f"epoch {epoch + 1}: loss {total / len(batches):.3f}, of the shops left out {right:.3f} found, {share:.3f} at 5 % wrong, {time.time() - begun:.0f} s", flush=True)
    weights = np.zeros((3, e5.hidden))
    weights[0] = SCALE * np.asarray(params["none"]["w"], np.float64)
    whole, words = (float(params["like"][name]) for name in ("whole", "words"))
    none = float(params["none"]["b"]) - np.asarray(mean, np.float64) @ weights[0] + (whole + words) * LIKE
    model.write(arguments.out, e5, FIRST, params["layers"], weights, [none, whole, words])


if __name__ == "__main__":
    main()
