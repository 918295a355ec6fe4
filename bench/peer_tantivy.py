"""tantivy: the best documents by BM25 of title (3) and body, one segment, one thread. Queries are built beforehand."""
import os, shutil, sys, time
from importlib.metadata import version
import tantivy
from tantivy import Occur, Query
from tokens import Folder, tell

folder = Folder(sys.argv[1])
path = folder.path + "/tantivy"
shutil.rmtree(path, ignore_errors=True)
os.makedirs(path)
builder = tantivy.SchemaBuilder()
for field in ("title", "body"):
    builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
schema = builder.build()
index = tantivy.Index(schema, path=path)
writer = index.writer(512_000_000, 1)
start, n = time.time(), 0
for number, title, body in folder.docs():
    writer.add_document(tantivy.Document(title=title, body=body))
    n += 1
writer.commit()
writer.wait_merging_threads()
per_second = n / (time.time() - start)
index.reload()
searcher = index.searcher()


def query(need):
    clauses = []
    for word, weight in need:
        for field, boost in (("title", 3.0), ("body", 1.0)):
            term = Query.term_query(schema, field, word, "freq")
            clauses.append((Occur.Should, Query.boost_query(term, boost * weight)))
    return Query.boolean_query(clauses)


words = folder.timed([query(need) for need in folder.needs()], lambda q: searcher.search(q, folder.depth, count=False).hits)
tell(version("tantivy"), per_second, words, f"segments: {searcher.num_segments}")
