"""Weaviate, a server that is asked over HTTP on loopback with one client: BM25 of title (3) and body, HNSW (M 16, beam 100)
asked with more and more effort until its recall equals ours, and both as it fuses them. Usage: peer_weaviate.py FOLDER
RECALL SERVER."""
import array, http.client, json, os, shutil, socket, subprocess, sys, time
from tokens import Folder

folder, recall, server = Folder(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
MOST, BATCH, START_SECONDS = 5000, 200, 60  # of the effort; objects a request; to wait for the server
data = folder.path + "/weaviate"
shutil.rmtree(data, ignore_errors=True)


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [str(s.getsockname()[1]) for s in sockets]
    for s in sockets:
        s.close()
    return ports


port, grpc, gossip, transfer, raft, raft_rpc = free_ports(6)
process = subprocess.Popen(
    [server, "--scheme", "http", "--host", "127.0.0.1", "--port", port],
    env={**os.environ, "PERSISTENCE_DATA_PATH": data, "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED": "true", "GRPC_PORT": grpc,
         "DEFAULT_VECTORIZER_MODULE": "none", "DISABLE_TELEMETRY": "true", "CLUSTER_HOSTNAME": "bench", "LOG_LEVEL": "error",
         "CLUSTER_ADVERTISE_ADDR": "127.0.0.1", "CLUSTER_BIND_ADDR": "127.0.0.1", "CLUSTER_GOSSIP_BIND_PORT": gossip,
         "CLUSTER_DATA_BIND_PORT": transfer, "RAFT_PORT": raft, "RAFT_INTERNAL_RPC_PORT": raft_rpc, "RAFT_BOOTSTRAP_EXPECT": "1"},
    stdout=subprocess.DEVNULL, stderr=open(folder.path + "/weaviate.log", "w"))
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=600)


def ask(method, path, body=None):
    connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status >= 300:
        raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]}")
    return json.loads(answer) if answer else None


def version():
    for _ in range(START_SECONDS * 2):
        try:
            return ask("GET", "/v1/meta")["version"]
        except (OSError, RuntimeError, http.client.HTTPException):
            connection.close()
            if process.poll() is not None:
                break
            time.sleep(.5)
    raise RuntimeError("the server does not start: " + open(folder.path + "/weaviate.log").read()[-300:])


def schema(effort):
    text = lambda name: {"name": name, "dataType": ["text"], "tokenization": "whitespace", "indexFilterable": False}
    return {"class": "Doc", "vectorizer": "none", "properties": [text("title"), text("body")],
            "invertedIndexConfig": {"stopwords": {"preset": "none"}}, "vectorIndexType": "hnsw",
            "vectorIndexConfig": {"distance": "cosine", "maxConnections": 16, "efConstruction": 100, "ef": effort}}


def vectors(name):
    """Yields the rows of a file of little-endian floats."""
    with open(f"{folder.path}/{name}.f32", "rb") as f:
        while row := f.read(4 * folder.dims):
            yield array.array("f", row).tolist()


def load():
    start, n, waiting = time.time(), 0, []
    for (number, title, body), vector in zip(folder.docs(), vectors("docs")):
        waiting.append({"class": "Doc", "id": f"00000000-0000-4000-8000-{number:012d}", "vector": vector,
                        "properties": {"title": title, "body": body}})
        n += 1
        if len(waiting) == BATCH:
            send(waiting)
            waiting = []
    send(waiting)
    return n / (time.time() - start)


def send(objects):
    for answer in ask("POST", "/v1/batch/objects", {"objects": objects}) if objects else []:
        if answer["result"].get("errors"):
            raise RuntimeError(f"an object is refused: {answer['result']['errors']}")


def best(how):
    query = "{Get{Doc(limit:%d %s){_additional{id}}}}" % (folder.depth, how)
    answer = ask("POST", "/v1/graphql", {"query": query})
    if answer.get("errors"):
        raise RuntimeError(str(answer["errors"])[:300])
    return [int(d["_additional"]["id"][-12:]) for d in answer["data"]["Get"]["Doc"]]


def reached(near, exact):
    found = sum(len(set(best(q)) & e) for q, e in zip(near, exact))
    return found / sum(map(len, exact))


try:
    version = version()
    effort = folder.depth
    ask("POST", "/v1/schema", schema(effort))
    per_second = load()
    with open(folder.path + "/exact.tsv") as f:
        exact = [set(map(int, line.split())) for line in f]
    # A word that counts more is said more often, which is how Weaviate weighs words.
    said = [json.dumps(" ".join(w for word, weight in need for w in [word] * weight), ensure_ascii=False) for need in folder.needs()]
    asking = list(vectors("needs"))
    words = ['bm25:{query:%s properties:["title^3","body"]}' % s for s in said]
    near = ["nearVector:{vector:%s}" % v for v in asking]
    both = ['hybrid:{query:%s vector:%s alpha:0.5 properties:["title^3","body"]}' % (s, v) for s, v in zip(said, asking)]
    got = reached(near, exact)
    while got < recall and effort < MOST:
        effort = min(MOST, effort * 3 // 2)
        ask("PUT", "/v1/schema/Doc", schema(effort))
        got = reached(near, exact)
    print(json.dumps({"version": version, "load_per_s": per_second, "words": folder.timed(words, best), "meaning": folder.timed(near, best),
                      "both": folder.timed(both, best), "recall50": got, "note": f"over HTTP, ef {effort}"}))
finally:
    process.terminate()
    process.wait(60)
