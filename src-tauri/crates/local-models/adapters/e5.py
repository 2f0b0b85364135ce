"""multilingual-e5-small in JAX, read from the app's own model file, with low-rank additions to its upper layers."""

import struct
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

PARTS = ("q", "k", "v", "ao", "fi", "fo")


class E5:
    def __init__(self, path):
        raw = np.memmap(path, dtype=np.uint8, mode="r")
        at = 4

        def read(code):
            nonlocal at
            value = struct.unpack_from("<" + code, raw, at)[0]
            at += struct.calcsize("<" + code)
            return value

        read("I")
        self.hidden, self.layers, self.heads, self.feed, words, positions, _ = (read("i") for _ in range(7))
        self.epsilon = read("f")
        read("i")
        pieces = read("i")
        self.begin, self.end, _, _ = (read("i") for _ in range(4))
        text = read("Q")
        at += (pieces + 1) * 4 + pieces * 4 + text
        read("i")
        table = read("I")
        at += table
        tensors = {}
        for _ in range(read("i")):
            length = read("H")
            name = bytes(raw[at : at + length]).decode()
            at += length
            read("B"), read("I")
            tensors[name] = (read("Q"), read("Q"))

        def bytes_of(name):
            start, size = tensors[name]
            return raw[start : start + size].tobytes()

        def floats(name, shape=(-1,)):
            return np.frombuffer(bytes_of(name), "<f4").reshape(shape).copy()

        def quantised(name, rows, columns):
            blocks = np.frombuffer(bytes_of(name), np.uint8).reshape(-1, 18)
            scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
            values = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
            return (values * scale).reshape(rows, columns)

        h, f = self.hidden, self.feed
        self.words = quantised("emb.word", words, h)
        self.positions = floats("emb.pos", (positions, h))
        self.type = floats("emb.type")[:h]
        self.norm = (jnp.asarray(floats("emb.ln.w")), jnp.asarray(floats("emb.ln.b")))
        shapes = dict(q=(h, h), k=(h, h), v=(h, h), ao=(h, h), fi=(f, h), fo=(h, f))
        self.weights = []
        for layer in range(self.layers):
            one = {}
            for part, (rows, columns) in shapes.items():
                one[part] = (
                    jnp.asarray(quantised(f"l{layer}.{part}.w", rows, columns).T),
                    jnp.asarray(floats(f"l{layer}.{part}.b")),
                )
            for norm in ("aln", "oln"):
                one[norm] = (jnp.asarray(floats(f"l{layer}.{norm}.w")), jnp.asarray(floats(f"l{layer}.{norm}.b")))
            self.weights.append(one)

    def additions(self, seed, first, rank):
        """Factors that add nothing yet, for the layers from `first` on."""
        random = np.random.default_rng(seed)
        sizes = {"fi": (self.hidden, self.feed), "fo": (self.feed, self.hidden)}
        layers = []
        for _ in range(first, self.layers):
            layer = {}
            for part in PARTS:
                inputs, outputs = sizes.get(part, (self.hidden, self.hidden))
                down = random.normal(0, 1 / np.sqrt(inputs), (inputs, rank))
                layer[part] = (jnp.asarray(down, jnp.float32), jnp.zeros((rank, outputs), jnp.float32))
            layers.append(layer)
        return layers

    def lower(self, first):
        """Token ids (padded) and mask to the states before layer `first`."""

        @jax.jit
        def run(x, mask):
            return self.run(0, first, None, self._normalised(x, self.norm), mask)

        return lambda ids, mask: run(self.words[ids] + self.positions[: ids.shape[1]] + self.type, mask)

    def run(self, first, last, additions, x, mask, key=None, drop=0.0):
        for at in range(first, last):
            own = None
            if key is not None:
                key, own = jax.random.split(key)
            x = self._layer(self.weights[at], additions[at - first] if additions else None, x, mask, own, drop)
        return x

    def _normalised(self, x, norm):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / jnp.sqrt(variance + self.epsilon) * norm[0] + norm[1]

    def _layer(self, weights, added, x, mask, key, drop):
        batch, length, hidden = x.shape
        width = hidden // self.heads

        def linear(part, z):
            # Flat: the gradient of a product over two axes is slow.
            flat = z.reshape(-1, z.shape[-1])
            y = flat @ weights[part][0] + weights[part][1]
            if added is not None:
                down, up = added[part]
                y = y + (flat @ down) @ up
            return y.reshape(*z.shape[:-1], -1)

        def dropped(z, key):
            return z if key is None else z * jax.random.bernoulli(key, 1 - drop, z.shape) / (1 - drop)

        def split(z):
            return z.reshape(batch, length, self.heads, width).transpose(0, 2, 1, 3)

        first, second = (None, None) if key is None else jax.random.split(key)
        q, k, v = (split(linear(part, x)) for part in ("q", "k", "v"))
        scores = jnp.where(mask[:, None, None, :], q @ k.transpose(0, 1, 3, 2) / np.sqrt(width), -1e9)
        context = (jax.nn.softmax(scores, -1) @ v).transpose(0, 2, 1, 3).reshape(batch, length, hidden)
        x = self._normalised(x + dropped(linear("ao", context), first), weights["aln"])
        middle = jax.nn.gelu(linear("fi", x), approximate=False)
        return self._normalised(x + dropped(linear("fo", middle), second), weights["oln"])


def unit_mean(x, mask):
    weight = mask[..., None].astype(x.dtype)
    mean = (x * weight).sum(1) / weight.sum(1)
    return mean / jnp.linalg.norm(mean, axis=1, keepdims=True)


def write(path, e5, first, additions, weights, biases):
    """The file that `e5/adapter.rs` reads. `weights`: scores x hidden."""
    rank = additions[0]["q"][0].shape[1]
    out = b"MADP" + struct.pack("<7I", 1, first, len(additions), rank, e5.hidden, e5.feed, len(biases))
    for layer in additions:
        for part in PARTS:
            for factor in layer[part]:
                out += np.asarray(factor, np.float16).tobytes()
    out += np.ascontiguousarray(weights, np.float32).tobytes() + np.asarray(biases, np.float32).tobytes()
    with open(path, "wb") as file:
        file.write(out)


def read(path, e5):
    """Where the additions of such a file begin, the additions, weights and biases."""
    data = Path(path).read_bytes()
    _, first, layers, rank, hidden, feed, scores = struct.unpack_from("<7I", data, 4)
    assert data[:4] == b"MADP" and (hidden, feed) == (e5.hidden, e5.feed), f"{path} is no adapter of this model"
    at = 4 + 7 * 4

    def take(kind, *shape):
        nonlocal at
        values = np.frombuffer(data, kind, np.prod(shape), at).reshape(shape)
        at += values.nbytes
        return jnp.asarray(values, jnp.float32)

    sizes = {"fi": (hidden, feed), "fo": (feed, hidden)}
    additions = []
    for _ in range(layers):
        layer = {}
        for part in PARTS:
            inputs, outputs = sizes.get(part, (hidden, hidden))
            layer[part] = (take(np.float16, inputs, rank), take(np.float16, rank, outputs))
        additions.append(layer)
    return first, additions, take(np.float32, scores, hidden), take(np.float32, scores)
