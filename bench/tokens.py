"""Reads the folder that cmd/bench writes (cmd/bench/token.go) and times questions as it does."""
import json, time


class Folder:
    def __init__(self, path):
        self.path = path
        with open(path + "/shape.txt") as f:
            self.dims, self.depth, self.passes, self.warm_up = map(int, f.read().split())

    def docs(self):
        """Yields number, words of the title, words of the body; words with spaces between."""
        with open(self.path + "/docs.tsv", encoding="utf-8") as f:
            for line in f:
                number, title, body = line.rstrip("\n").split("\t")
                yield int(number), title, body

    def needs(self):
        """Returns a list of (word, weight) for each need."""
        with open(self.path + "/needs.tsv", encoding="utf-8") as f:
            return [list(zip(w[::2], map(int, w[1::2]))) for w in (line.split() for line in f)]

    def timed(self, questions, ask):
        """Returns median and 95th percentile in milliseconds of the pass with the best median."""
        best = None
        for _ in range(self.passes):
            took = []
            for i, q in enumerate(questions):
                start = time.perf_counter()
                ask(q)
                if i >= self.warm_up:
                    took.append((time.perf_counter() - start) * 1e3)
            took.sort()
            at = lambda p: took[max(0, -(-p * len(took) // 100) - 1)]
            if best is None or at(50) < best["p50"]:
                best = {"p50": at(50), "p95": at(95)}
        return best


def tell(version, load_per_s, words, note=""):
    print(json.dumps({"version": version, "load_per_s": load_per_s, "words": words, "note": note}))
