package main

import (
	"context"

	"roombot/bot/audit"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// record gives the page entries of the bot's audit record; none before there is a bot.
func (l *liveBot) record(ctx context.Context, after int64, limit int) ([]client.RecordEntry, error) {
	b := l.Load()
	if b == nil {
		return nil, nil
	}
	stored, err := b.LinkedEntries(ctx, after, limit)
	var shown []client.RecordEntry
	for _, s := range stored {
		shown = append(shown, shownEntry(newEntry(s)))
	}
	return shown, err
}

// shownEntry is an entry in the words of the sandbox, which knows nothing of the bot.
func shownEntry(e entry) client.RecordEntry {
	out := client.RecordEntry{
		Seq: e.Seq, Time: e.At.UTC(), Kind: string(e.Kind), Request: e.Request, UserID: e.Actor, StreamID: e.Room,
		What: describeEntry(e), Hash: e.Hash.String(),
	}
	if e.Kind == audit.Decision {
		out.Decision = shownDecision(e)
	}
	return out
}

func shownDecision(e entry) *client.Decision {
	t := readEntryText(e)
	d := &client.Decision{
		Outcome: t.Outcome, Command: t.Command, Text: t.Typed, From: t.From.Name, Rule: t.Rule, Line: t.Line, Grant: t.Grant, Nearest: t.Nearest,
		Why: t.Why, Version: t.Version,
	}
	for _, c := range checksIn(e) {
		d.Checks = append(d.Checks, client.DecisionCheck{What: c.What, OK: c.OK})
	}
	return d
}

// noteGrowth is called by the bot.
func (l *liveBot) noteGrowth() {
	select {
	case l.grown <- struct{}{}:
	default:
	}
}

// showRecord tells pages whenever the record has grown, until ctx ends.
func (l *liveBot) showRecord(ctx context.Context, pages *control.Control) {
	for waitFor(ctx, l.grown) {
		pages.ShowRecordGrowth()
	}
}
