package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"duijie/indexer"
)

// A segmentation is how a text is cut into words.
type segmentation struct {
	By    string    `json:"by"` // the dictionary's hash
	Words []segment `json:"words"`
}

// A segment is one word as it was cut.
type segment struct {
	Word  string   `json:"word"`
	Parts []string `json:"parts,omitempty"` // words inside, by which it is found as well
	Same  string   `json:"same,omitempty"`  // the word that stands for it and its synonyms
}

func segmentWith(s *indexer.Segmenter, text string) segmentation {
	out := segmentation{By: s.Hash(), Words: []segment{}}
	var parts []string
	tokens := s.Cut(text)
	for i, t := range tokens {
		if i+1 < len(tokens) && tokens[i+1].Position == t.Position {
			parts = append(parts, t.Term)
			continue
		}
		out.Words = append(out.Words, segment{t.Term, parts, t.Same})
		parts = nil
	}
	return out
}

// String parts words by " / ", with words inside in brackets, and synonyms behind =.
func (s segmentation) String() string {
	words := make([]string, len(s.Words))
	for i, w := range s.Words {
		words[i] = w.Word
		if len(w.Parts) > 0 {
			words[i] += "(" + strings.Join(w.Parts, " ") + ")"
		}
		if w.Same != "" {
			words[i] += "=" + w.Same
		}
	}
	return strings.Join(words, " / ")
}

// A textBody is the body of POST /segment.
type textBody struct {
	Text string `json:"text"`
}

func (f *folder) serveSegment(w http.ResponseWriter, r *http.Request) {
	var in textBody
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	serveJSON(w, segmentWith(f.current().segmenter, in.Text))
}

func (a *app) segmentCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "segment TEXT",
		Short: "Show how a text is cut into words before and after words.txt and synonyms.txt as they are now",
		Long: `Before is what the running server does, or the shipped dictionary where no server runs. After is what the files say now:
DATA/words.txt, DATA/synonyms.txt and dict_dir. Nothing is changed; duijie reload makes the files serve.

Words in brackets stand inside the word before, which is found by them as well; the word behind = stands for all its
synonyms.`,
		Args: cobra.MinimumNArgs(1),
		RunE: a.does(func(ctx context.Context, args []string) error { return a.segment(ctx, strings.Join(args, " ")) }),
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print JSON")
	return cmd
}

func (a *app) segment(ctx context.Context, text string) error {
	temp, err := os.MkdirTemp("", "duijie-segment-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	lexicon, err := indexer.ReadLexicon(a.lexicon())
	if err != nil {
		return err
	}
	now, err := lexicon.Open(temp)
	if err != nil {
		return err
	}
	var out struct {
		Before segmentation `json:"before"`
		After  segmentation `json:"after"`
	}
	out.After = segmentWith(now, text)
	before := "内置词典"
	c, err := a.running(ctx)
	if err != nil {
		return err
	}
	if c != nil {
		defer c.close()
		before = "正在使用"
		if _, err := c.call(ctx, http.MethodPost, "/segment", nil, textBody{text}, &out.Before); err != nil {
			return err
		}
	} else {
		shipped, err := indexer.OpenSegmenter(temp)
		if err != nil {
			return err
		}
		out.Before = segmentWith(shipped, text)
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(out)
	}
	t := newTable("词典", "切分")
	t.add(before, out.Before.String())
	t.add("现有文件", out.After.String())
	return t.print(a.stdout)
}
