package api

import (
	"bytes"
	"encoding/json"
	"strings"

	"duijie/corpus"
)

// PatchOf reads what people typed into fields, by JSON name, as an import reads cells, and returns a JSON merge patch; a
// blank value clears its field. wrong says by name what can't be understood, which the patch leaves out.
func PatchOf(k corpus.Kind, values map[string]string) (patch map[string]json.RawMessage, wrong map[string]*corpus.Error, err error) {
	patch, wrong = map[string]json.RawMessage{}, map[string]*corpus.Error{}
	for field, value := range values {
		if strings.TrimSpace(value) == "" {
			patch[field] = json.RawMessage("null")
			continue
		}
		line, err := json.Marshal(map[string]string{"title": "名称", field: value})
		if err != nil {
			return nil, nil, err
		}
		for row, err := range corpus.Read(bytes.NewReader(line), "", corpus.ReadOptions{Kind: k, Format: corpus.JSONL}) {
			if err != nil {
				return nil, nil, err
			}
			if all := append(row.Problems, row.Warnings...); len(all) > 0 {
				wrong[field] = all[0]
				continue
			}
			whole, err := json.Marshal(row.Doc)
			if err != nil {
				return nil, nil, err
			}
			var read map[string]json.RawMessage
			if err := json.Unmarshal(whole, &read); err != nil {
				return nil, nil, err
			}
			if read[field] == nil {
				e := corpus.Errorf(corpus.Invalid, "there is no field %q", field)
				e.Fix = "use the JSON names of /openapi.json"
				wrong[field] = e
				continue
			}
			patch[field] = read[field]
		}
	}
	return patch, wrong, nil
}
