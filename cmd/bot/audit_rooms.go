package main

import (
	"cmp"
	"context"

	"roombot/bot"
	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
)

// roomReason is who asked for what was done to a room, and by which rule.
type roomReason struct {
	RoomName   string `json:"roomName,omitempty"` // as it was asked for; none where the facts were erased
	Name       string `json:"name,omitempty"`     // of who asked; none where the facts were erased
	Command    string `json:"command,omitempty"`
	Rule       string `json:"rule,omitempty"`
	Grant      int64  `json:"grant,omitempty"`      // where no rule has allowed it; rule is its name then
	Version    string `json:"version,omitempty"`    // of the policy
	ApprovedBy string `json:"approvedBy,omitempty"` // the id where the facts were erased
}

// addRoomReason adds to an entry about a room what the decisions about it say.
func addRoomReason(ctx context.Context, store *engine.Inspector, e *entry) error {
	if e.Kind != audit.Room || e.Request == "" {
		return nil
	}
	e.By = &roomReason{}
	return store.ListEntries(ctx, engine.EntryFilter{Room: e.Room}, func(s engine.StoredEntry) error {
		t := readEntryText(newEntry(s))
		if s.Kind == audit.Decision {
			e.By.RoomName = cmp.Or(e.By.RoomName, t.roomName()) // that of the first, which opened it
		}
		if s.Request == e.Request {
			return e.By.addEntry(s, t)
		}
		return nil
	})
}

// addEntry adds what an entry of the request says. The last decision counts.
func (r *roomReason) addEntry(s engine.StoredEntry, t entryText) error {
	switch s.Kind {
	case audit.Decision:
		r.Name, r.Command, r.Rule, r.Grant, r.Version = t.From.Name, t.Command, t.Rule, t.Grant, t.Version
	case audit.Approval:
		state, _, err := bot.ReadApproval(s)
		if err != nil {
			return err
		}
		if state.Outcome == commands.Approved {
			r.ApprovedBy = state.By
		}
	}
	return nil
}

// typedRoomName is the name of the room that a command asks for, for entries of earlier versions,
// which did not keep it; empty of others, and where people are mentioned by names with blanks.
func typedRoomName(text string) string {
	if text == "" {
		return ""
	}
	result := new(commands.Env).Commands().Grammar(0, syntax.DefaultMaxMembers).Parse(syntax.Message{Text: text})
	if result.Command == nil {
		return ""
	}
	facts := commands.TypedFacts(*result.Command)
	if facts == nil {
		return ""
	}
	return facts.Room.Name
}
