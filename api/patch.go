package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"duijie/corpus"
)

// Patch changes a document by a JSON merge patch (RFC 7396): members replace those of the document, null removes one.
// ifVersion as in Replace; without it, a change by somebody else in the same moment has code Conflict.
func (s *Service) Patch(ctx context.Context, c Caller, kind corpus.Kind, id string, patch json.RawMessage, ifVersion uint64) (corpus.Result, error) {
	if err := c.may("documents", "update"); err != nil {
		return corpus.Result{}, err
	}
	old, err := s.Store.Get(kind, id)
	if err != nil {
		return corpus.Result{}, err
	}
	if ifVersion == 0 {
		ifVersion = old.Version
	}
	d, err := patched(old, patch)
	if err != nil {
		return corpus.Result{}, err
	}
	return s.put(ctx, c, "patch", corpus.Put{Doc: d, IfVersion: ifVersion})
}

// patched is the document that a patch makes of old, which is the same one.
func patched(old corpus.Doc, patch json.RawMessage) (corpus.Doc, error) {
	d, err := mergePatch(old, patch)
	if err == nil && (d.Kind != old.Kind || d.Source != old.Source || d.SourceID != old.SourceID) {
		e := corpus.Errorf(corpus.Invalid, "kind, source and source_id are a document's identity and can't be changed")
		e.Fix = "leave them out; to move a document, delete it and create another"
		return d, e
	}
	return d, err
}

func mergePatch[T any](old T, patch json.RawMessage) (T, error) {
	var d T
	var target, change any
	if err := decode(patch, &change); err != nil {
		return d, badPatch(err)
	}
	if _, ok := change.(map[string]any); !ok {
		return d, badPatch(nil)
	}
	whole, err := json.Marshal(old)
	if err != nil {
		return d, err
	}
	if err := decode(whole, &target); err != nil {
		return d, err
	}
	if whole, err = json.Marshal(merged(target, change)); err != nil {
		return d, err
	}
	dec := json.NewDecoder(bytes.NewReader(whole))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, badPatch(err)
	}
	return d, nil
}

func badPatch(err error) error {
	e := corpus.Errorf(corpus.Invalid, "the patch gives nothing that can be")
	if err != nil {
		e.Message += ": " + err.Error()
	}
	e.Fix = `send an object with the members to change, such as {"title":"...","price":null}`
	return e
}

// decode keeps numbers as they are written, so that amounts in fen survive.
func decode(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands behind the object")
	}
	return nil
}

// merged is the MergePatch function of RFC 7396, section 2.
func merged(target, patch any) any {
	change, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, ok := target.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	for name, value := range change {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = merged(object[name], value)
		}
	}
	return object
}
