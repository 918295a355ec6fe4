import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Version;

/**
 * Lucene over the words and vectors of a folder that cmd/bench writes (cmd/bench/token.go): the best documents by BM25 of
 * title (3) and body, by an HNSW graph, and by both. The index is merged into one segment. Whichever of block-max WAND and
 * scoring everything is the faster counts. The graph is asked for more and more until the best of what it finds hold as
 * many of the exactly nearest as our index does.
 *
 * <p>java Bench FOLDER RECALL
 */
public class Bench {
  /** How much of the graph is asked for at most. */
  static final int MOST = 5000;

  static int dims, depth, passes, warmUp;

  interface Question {
    void ask(int need) throws IOException;
  }

  record Times(double p50, double p95) {
    public String toString() {
      return String.format(Locale.ROOT, "{\"p50\":%.4f,\"p95\":%.4f}", p50, p95);
    }
  }

  /** Each question's shortest time. */
  static Times timed(int needs, Question q) throws IOException {
    double[] shortest = new double[needs];
    Arrays.fill(shortest, Double.MAX_VALUE);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < needs; i++) {
        long start = System.nanoTime();
        q.ask(i);
        shortest[i] = Math.min(shortest[i], (System.nanoTime() - start) / 1e6);
      }
    }
    double[] took = Arrays.copyOfRange(shortest, warmUp, needs);
    Arrays.sort(took);
    return new Times(at(took, 50), at(took, 95));
  }

  static double at(double[] sorted, int percent) {
    return sorted[Math.max(0, (percent * sorted.length + 99) / 100 - 1)];
  }

  /** Row i of a file of vectors, which may be larger than an array. */
  static float[] row(FileChannel file, int i) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(4 * dims).order(ByteOrder.LITTLE_ENDIAN);
    file.read(b, 4L * dims * i);
    FloatBuffer floats = b.flip().asFloatBuffer();
    float[] out = new float[dims];
    floats.get(out);
    return out;
  }

  static Query query(String line) {
    BooleanQuery.Builder b = new BooleanQuery.Builder();
    String[] words = line.isEmpty() ? new String[0] : line.split(" ");
    for (int i = 0; i + 1 < words.length; i += 2) {
      float weight = Float.parseFloat(words[i + 1]);
      b.add(new BoostQuery(new TermQuery(new Term("title", words[i])), 3 * weight), BooleanClause.Occur.SHOULD);
      b.add(new BoostQuery(new TermQuery(new Term("body", words[i])), weight), BooleanClause.Occur.SHOULD);
    }
    return b.build();
  }

  static double build(Path folder, FSDirectory dir) throws IOException {
    FieldType words = new FieldType();
    words.setTokenized(true);
    words.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    words.freeze();
    IndexWriterConfig c = new IndexWriterConfig(new WhitespaceAnalyzer());
    c.setSimilarity(new BM25Similarity());
    c.setRAMBufferSizeMB(512);
    long start = System.nanoTime();
    int n = 0;
    try (IndexWriter w = new IndexWriter(dir, c);
        BufferedReader docs = Files.newBufferedReader(folder.resolve("docs.tsv"));
        FileChannel vectors = FileChannel.open(folder.resolve("docs.f32"))) {
      for (String line; (line = docs.readLine()) != null; n++) {
        String[] part = line.split("\t", -1);
        Document d = new Document();
        d.add(new NumericDocValuesField("number", Long.parseLong(part[0])));
        d.add(new Field("title", part[1], words));
        d.add(new Field("body", part[2], words));
        d.add(new KnnFloatVectorField("vector", row(vectors, n), VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
        w.addDocument(d);
      }
      w.forceMerge(1);
      w.commit();
    }
    return n / ((System.nanoTime() - start) / 1e9);
  }

  static double recall(IndexSearcher s, List<float[]> vectors, List<Set<Long>> exact, int k) throws IOException {
    int found = 0, all = 0;
    for (int i = 0; i < vectors.size(); i++) {
      all += exact.get(i).size();
      NumericDocValues numbers = s.getIndexReader().leaves().get(0).reader().getNumericDocValues("number");
      ScoreDoc[] hits = s.search(new KnnFloatVectorQuery("vector", vectors.get(i), k), depth).scoreDocs;
      Arrays.sort(hits, (a, b) -> a.doc - b.doc);
      for (ScoreDoc hit : hits) {
        numbers.advanceExact(hit.doc);
        if (exact.get(i).contains(numbers.longValue())) found++;
      }
    }
    return (double) found / all;
  }

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    double wanted = Double.parseDouble(args[1]);
    String[] shape = Files.readString(folder.resolve("shape.txt")).trim().split(" ");
    dims = Integer.parseInt(shape[0]);
    depth = Integer.parseInt(shape[1]);
    passes = Integer.parseInt(shape[2]);
    warmUp = Integer.parseInt(shape[3]);
    boolean[] simd = {false};
    Logger.getLogger("org.apache.lucene").addHandler(new Handler() {
      public void publish(LogRecord r) {
        if (r.getMessage().contains("vector incubator API enabled")) simd[0] = true;
      }
      public void flush() {}
      public void close() {}
    });
    IndexSearcher.setMaxClauseCount(1 << 16);
    IndexSearcher.setDefaultQueryCache(null);

    FSDirectory dir = FSDirectory.open(folder.resolve("lucene"));
    double perSecond = build(folder, dir);
    List<Query> queries = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("needs.tsv"))) queries.add(query(line));
    List<float[]> vectors = new ArrayList<>();
    try (FileChannel file = FileChannel.open(folder.resolve("needs.f32"))) {
      for (int i = 0; i < queries.size(); i++) vectors.add(row(file, i));
    }
    List<Set<Long>> exact = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("exact.tsv"))) {
      Set<Long> numbers = new HashSet<>();
      for (String n : line.split(" ")) if (!n.isEmpty()) numbers.add(Long.parseLong(n));
      exact.add(numbers);
    }
    try (DirectoryReader reader = DirectoryReader.open(dir)) {
      IndexSearcher s = new IndexSearcher(reader);
      int k = depth;
      double reached = recall(s, vectors, exact, k);
      while (reached < wanted && k < Math.min(MOST, reader.maxDoc())) {
        k += Math.max(10, k / 8);
        reached = recall(s, vectors, exact, k);
      }
      int asked = k;
      Times words = null;
      int threshold = 1;
      for (int t : new int[] {1, Integer.MAX_VALUE}) {
        Times took = timed(queries.size(), i -> s.search(queries.get(i), new TopScoreDocCollectorManager(depth, null, t)));
        if (words == null || took.p50 < words.p50) {
          words = took;
          threshold = t;
        }
      }
      int faster = threshold;
      Times meaning = timed(queries.size(), i -> s.search(new KnnFloatVectorQuery("vector", vectors.get(i), asked), depth));
      Times both = timed(queries.size(), i -> {
        s.search(queries.get(i), new TopScoreDocCollectorManager(depth, null, faster));
        s.search(new KnnFloatVectorQuery("vector", vectors.get(i), asked), depth);
      });
      System.out.printf(Locale.ROOT,
          "{\"version\":\"%s, Java %s, SIMD %s\",\"load_per_s\":%.1f,\"words\":%s,\"meaning\":%s,\"both\":%s,\"recall50\":%.4f,\"note\":\"HNSW k %d, %s\"}%n",
          Version.LATEST, Runtime.version().feature(), simd[0] ? "on" : "off", perSecond, words, meaning, both, reached, k,
          faster == 1 ? "WAND" : "every posting scored");
    }
  }
}
