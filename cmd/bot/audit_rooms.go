package main

import (
	"context"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// roomReason is who asked for what was done to a room, and by which rule.
type roomReason struct {
	Name    string `json:"name,omitempty"` // none where the facts were erased
	Rule    string `json:"rule,omitempty"`
	Grant   int64  `json:"grant,omitempty"`   // where no rule has allowed it; rule is its name then
	Version string `json:"version,omitempty"` // of the policy
}

// addRoomReasons adds to entries about rooms what the decisions about their requests say.
func addRoomReasons(ctx context.Context, path string, all []entry) error {
	return inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		known := map[string]*roomReason{}
		for i := range all {
			e := &all[i]
			if e.Kind != audit.Room || e.Request == "" {
				continue
			}
			if known[e.Request] == nil {
				reason, err := findRoomReason(ctx, store, e.Request)
				if err != nil {
					return err
				}
				known[e.Request] = reason
			}
			e.By = known[e.Request]
		}
		return nil
	})
}

// findRoomReason reads the last decision about a request.
func findRoomReason(ctx context.Context, store *engine.Inspector, request string) (*roomReason, error) {
	reason := &roomReason{}
	err := store.ListEntries(ctx, engine.EntryFilter{Request: request, Kind: audit.Decision}, func(s engine.StoredEntry) error {
		t := readEntryText(newEntry(s))
		reason.Name, reason.Rule, reason.Grant, reason.Version = t.From.Name, t.Rule, t.Grant, t.Version
		return nil
	})
	return reason, err
}
