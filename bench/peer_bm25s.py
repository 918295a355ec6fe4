"""bm25s: the best documents by BM25 of title (3) and body, one thread. It takes no weights of a query's words."""
import sys, time
import bm25s, numba
import numpy as np
from tokens import Folder, tell

numba.set_num_threads(1)
folder = Folder(sys.argv[1])
ids, titles, bodies = {}, [], []
for _, title, body in folder.docs():
    titles.append([ids.setdefault(w, len(ids)) for w in title.split()])
    bodies.append([ids.setdefault(w, len(ids)) for w in body.split()])
start = time.time()
fields = []
for boost, words in ((3, titles), (1, bodies)):
    field = bm25s.BM25(method="lucene", k1=1.2, b=0.75, backend="numba")
    field.index((words, ids), show_progress=False, create_empty_token=False)
    field.activate_numba_scorer()
    fields.append((boost, field))
per_second = len(titles) / (time.time() - start)
depth = min(folder.depth, len(titles))


def ask(need):
    scores = sum(boost * field.get_scores_from_ids(need) for boost, field in fields)
    best = np.argpartition(scores, -depth)[-depth:]
    return best[np.argsort(-scores[best])]


words = folder.timed([[ids[w] for w, _ in need if w in ids] for need in folder.needs()], ask)
tell(bm25s.__version__, per_second, words, "without weights; token ids given")
