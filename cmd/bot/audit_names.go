package main

import (
	"context"
	"encoding/json"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// recordedNames are the names of accounts as the facts of the record have them; an empty one where
// they have none.
type recordedNames map[int64]string

// add adds to an entry the names of the accounts that its line tells of by their numbers.
func (n recordedNames) add(ctx context.Context, store *engine.Inspector, e *entry) error {
	e.names = map[int64]string{}
	for _, id := range accountsToldIn(*e) {
		if _, known := n[id]; !known {
			name, err := findRecordedName(ctx, store, id)
			if err != nil {
				return err
			}
			n[id] = name
		}
		e.names[id] = n[id]
	}
	return nil
}

// accountsToldIn are the accounts that the line of an entry about a pause, a decision or a grant
// tells of.
func accountsToldIn(e entry) (ids []int64) {
	var body struct {
		For, Decider int64
		Granted      struct{ By int64 }
	}
	switch e.Kind {
	case audit.Pause:
		body.For = e.Actor
	case audit.Decision, audit.Grant:
		_ = json.Unmarshal(e.Body, &body) // a body that cannot be read tells nothing
	}
	for _, id := range []int64{body.For, body.Decider, body.Granted.By} {
		if id != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// findRecordedName is the name of an account in the newest entry about what it did; empty where
// none has it.
func findRecordedName(ctx context.Context, store *engine.Inspector, id int64) (name string, err error) {
	err = store.ListNewest(ctx, engine.EntryFilter{Actor: id}, func(s engine.StoredEntry) error {
		if name = nameOfActor(s); name != "" {
			return engine.ErrStop
		}
		return nil
	})
	return name, err
}

// nameOfActor is the name of who did what an entry is about, by its facts.
func nameOfActor(s engine.StoredEntry) string {
	if s.Facts == nil {
		return ""
	}
	var decided struct{ From struct{ Name string } }
	var acted struct{ By string }
	switch s.Kind {
	case audit.Decision:
		_ = json.Unmarshal(s.Facts.Text, &decided) // facts that cannot be read tell nothing
	case audit.Grant, audit.Approval:
		_ = json.Unmarshal(s.Facts.Text, &acted)
	}
	return decided.From.Name + acted.By
}
