import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.RegexpQueryHandler;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.queries.spans.SpanNearQuery;
import org.apache.lucene.queries.spans.SpanQuery;
import org.apache.lucene.queries.spans.SpanTermQuery;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.search.TermQuery;

/**
 * Lucene Monitor behind a line protocol, driven by bench/match.py.
 *
 * queries FILE · docs FILE · register VARIANT · drop VARIANT · match VARIANT BATCH FROM TO · hits VARIANT FILE · memory
 */
public final class MonitorBench {
  private static final String FIELD = "text";
  private final List<String> ids = new ArrayList<>();
  private final List<String> queries = new ArrayList<>();
  private final List<String[]> texts = new ArrayList<>();
  private final Map<String, Monitor> monitors = new HashMap<>();

  /** Tokens are joined by blanks; the title and the body are two values, a thousand positions apart. */
  private static final Analyzer ANALYZER =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          return new TokenStreamComponents(new WhitespaceTokenizer());
        }

        @Override
        public int getPositionIncrementGap(String field) {
          return 1000;
        }
      };

  public static void main(String[] args) throws Exception {
    var bench = new MonitorBench();
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(bench.answer(line.split(" ")));
      System.out.flush();
    }
    System.exit(0); // monitors keep threads of their own
  }

  private String answer(String[] command) throws Exception {
    switch (command[0]) {
      case "queries":
        ids.clear();
        queries.clear();
        for (String line : Files.readAllLines(Path.of(command[1]))) {
          String[] parts = line.split("\t");
          ids.add(parts[0]);
          queries.add(parts[1]);
        }
        return "ok " + ids.size();
      case "docs":
        texts.clear();
        for (String line : Files.readAllLines(Path.of(command[1]))) {
          texts.add(line.split("\t", -1));
        }
        return "ok " + texts.size();
      case "register":
        long start = System.nanoTime();
        register(command[1]);
        return "ok " + (System.nanoTime() - start);
      case "drop":
        monitors.remove(command[1]).close();
        return "ok";
      case "match":
        return match(
            monitors.get(command[1]),
            Integer.parseInt(command[2]),
            Integer.parseInt(command[3]),
            Integer.parseInt(command[4]));
      case "hits":
        return hits(monitors.get(command[1]), Path.of(command[2]));
      case "memory":
        for (int i = 0; i < 3; i++) {
          System.gc();
        }
        return "ok " + (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
      default:
        return "unknown command";
    }
  }

  private void register(String variant) throws Exception {
    boolean ngrams = variant.equals("ngrams");
    Presearcher presearcher =
        switch (variant) {
          case "term" -> new TermFilteredPresearcher();
          case "multi2" -> new MultipassTermFilteredPresearcher(2);
          case "multi4" -> new MultipassTermFilteredPresearcher(4);
          default ->
              new TermFilteredPresearcher(
                  TermFilteredPresearcher.DEFAULT_WEIGHTOR, List.of(new RegexpQueryHandler()), Set.of());
        };
    var monitor = new Monitor(ANALYZER, presearcher, new MonitorConfiguration().setQueryUpdateBufferSize(5000));
    var batch = new ArrayList<MonitorQuery>();
    for (int i = 0; i < ids.size(); i++) {
      batch.add(new MonitorQuery(ids.get(i), new Reader(queries.get(i), ngrams).read()));
    }
    monitor.register(batch);
    monitors.put(variant, monitor);
  }

  /** Returns "ok HITS NANOS…": the time of each call, which is one document or one batch of them. */
  private String match(Monitor monitor, int size, int from, int to) throws Exception {
    var answer = new StringBuilder();
    long found = 0;
    for (int i = from; i < to; i += size) {
      int end = Math.min(to, i + size);
      long start = System.nanoTime();
      if (size == 1) {
        found += monitor.match(document(i), QueryMatch.SIMPLE_MATCHER).getMatchCount();
      } else {
        var batch = new Document[end - i];
        for (int j = i; j < end; j++) {
          batch[j - i] = document(j);
        }
        var matches = monitor.match(batch, QueryMatch.SIMPLE_MATCHER);
        for (int j = 0; j < batch.length; j++) {
          found += matches.getMatchCount(j);
        }
      }
      answer.append(' ').append(System.nanoTime() - start);
    }
    return "ok " + found + answer;
  }

  /** Writes one line a document: its hits, in order. */
  private String hits(Monitor monitor, Path to) throws Exception {
    var lines = new ArrayList<String>();
    for (int i = 0; i < texts.size(); i++) {
      var found = new TreeSet<String>();
      for (QueryMatch match : monitor.match(document(i), QueryMatch.SIMPLE_MATCHER).getMatches()) {
        found.add(match.getQueryId());
      }
      lines.add(String.join(" ", found));
    }
    Files.write(to, lines);
    return "ok";
  }

  private Document document(int i) {
    var document = new Document();
    for (String part : texts.get(i)) {
      document.add(new TextField(FIELD, part, Field.Store.NO));
    }
    return document;
  }

  /** Reads a query in prefix notation: P n words · X stem · W slop n words · A n parts · O n parts · N part. */
  private static final class Reader {
    private final String[] words;
    private final boolean ngrams;
    private int at = 0;

    Reader(String text, boolean ngrams) {
      this.words = text.split(" ");
      this.ngrams = ngrams;
    }

    Query read() {
      switch (words[at++]) {
        case "P":
          int n = Integer.parseInt(words[at++]);
          if (n == 1) {
            return new TermQuery(term());
          }
          var phrase = new PhraseQuery.Builder();
          for (int i = 0; i < n; i++) {
            phrase.add(term());
          }
          return phrase.build();
        case "X":
          return ngrams ? new RegexpQuery(new Term(FIELD, words[at++] + ".*")) : new PrefixQuery(term());
        case "W":
          int slop = Integer.parseInt(words[at++]);
          var near = new SpanQuery[Integer.parseInt(words[at++])];
          for (int i = 0; i < near.length; i++) {
            near[i] = new SpanTermQuery(term());
          }
          return new SpanNearQuery(near, slop, false);
        case "A":
        case "O":
          var occur = words[at - 1].equals("A") ? BooleanClause.Occur.MUST : BooleanClause.Occur.SHOULD;
          var all = new BooleanQuery.Builder();
          int parts = Integer.parseInt(words[at++]);
          for (int i = 0; i < parts; i++) {
            if (words[at].equals("N")) {
              at++;
              all.add(read(), BooleanClause.Occur.MUST_NOT);
            } else {
              all.add(read(), occur);
            }
          }
          return all.build();
        default:
          throw new IllegalArgumentException(String.join(" ", words));
      }
    }

    private Term term() {
      return new Term(FIELD, words[at++]);
    }
  }
}
