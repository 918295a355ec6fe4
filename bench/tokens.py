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
        """Returns median and 95th percentile of each question's shortest time in milliseconds."""
        shortest = [float("inf")] * len(questions)
        for _ in range(self.passes):
            for i, q in enumerate(questions):
                start = time.perf_counter()
                ask(q)
                shortest[i] = min(shortest[i], (time.perf_counter() - start) * 1e3)
        took = sorted(shortest[self.warm_up:])
        at = lambda p: took[max(0, -(-p * len(took) // 100) - 1)]
        return {"p50": at(50), "p95": at(95)}


def tell(version, load_per_s, words, note=""):
    print(json.dumps({"version": version, "load_per_s": load_per_s, "words": words, "note": note}))
