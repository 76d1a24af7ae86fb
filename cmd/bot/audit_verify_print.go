package main

import (
	"fmt"
	stdio "io"
	"strings"
	"time"

	"roombot/bot/audit"
	"roombot/bot/config"
)

// verificationText is what was found out about the record, line by line.
type verificationText struct{ strings.Builder }

func (t *verificationText) line(format string, args ...any) { fmt.Fprintf(t, format+"\n", args...) }

func printVerification(out stdio.Writer, r audit.Report, retention config.Retention) error {
	var t verificationText
	if r.IsWhole() {
		t.line("✓ %s whole, from %d to %d.", entriesAre(r.Entries), r.First, r.Head.Seq)
	}
	for _, f := range r.Faults {
		t.line("✗ %s", f.What)
	}
	if r.Left > 0 {
		t.line("  and %d more", r.Left)
	}
	t.addCertain(r)
	for _, restored := range r.Restored {
		t.addRestored(restored)
	}
	t.addRemoved(r, retention)
	t.addFacts(r)
	switch entries := entriesAre(int64(r.Unlinked)); {
	case !r.UnlinkedSince.IsZero():
		t.line("! %s not in the chain, since %s. A running bot links them within a second: start it if none runs, and verify again; "+
			"if one does, find out from its log what keeps it from that, and who can write the store.", entries, r.UnlinkedSince.UTC().Format(time.RFC3339))
	case r.Unlinked > 0:
		t.line("  %s not in the chain yet; a running bot links them within a second.", entries)
	}
	t.line("  Head: %s", r.Head)
	_, err := out.Write([]byte(t.String()))
	return err
}

// addCertain says up to where all is certain, and by how many anchors.
func (t *verificationText) addCertain(r audit.Report) {
	switch c := r.Certain.Seq; {
	case c > 0 && c == r.First:
		t.line("  Entry %d is certain, by %s.", c, r.Source)
	case c > 0 && r.First == 1:
		t.line("  All entries up to %d are certain, by %s.", c, r.Source)
	case c > 0:
		t.line("  Entries %d to %d are certain, by %s.", r.First, c, r.Source)
	case r.Anchors == 0:
		t.line("  Nothing is certain without an anchor: add --anchors with the log of the bot.")
	default:
		t.line("  No anchor makes anything certain.")
	}
	if r.Anchors == 1 {
		t.line("  One anchor was read.")
	} else if r.Anchors > 1 {
		t.line("  %d anchors were read.", r.Anchors)
	}
}

func (t *verificationText) addRestored(r audit.Restoration) {
	at := r.At.UTC().Format(time.RFC3339)
	if r.Seq == 0 {
		t.line("! An entry that is not in the chain yet says that at %s the store was set back to entry %d, and that entries up to %d are lost. "+
			"It excuses nothing: start the bot, which links it, and verify again.", at, r.Head.Seq, r.Seen.Seq)
		return
	}
	t.line("! Entry %d says that at %s the store was set back to entry %d, and that %s lost. "+
		"Was a backup put in place then? If nobody has restored one, somebody has cut off what was lost.",
		r.Seq, at, r.Head.Seq, lostEntriesWere(r.RestoredBody))
}

func (t *verificationText) addRemoved(r audit.Report, retention config.Retention) {
	switch {
	case r.Removed == 0:
	case r.RemovedEarly && retention.Record == 0:
		t.line("! Entries up to %d are removed, as too old, though roombot.retention.record keeps entries for ever. "+
			"Unless it did not before, somebody has deleted them.", r.Removed)
	case r.RemovedEarly:
		t.line("! Entries up to %d are removed, as too old, though roombot.retention.record keeps entries for %s, and one of them was younger, by %s. "+
			"Unless it was shorter before, somebody has deleted them.", r.Removed, daysOf(retention.Record), r.RemovedEarlyBy)
	default:
		t.line("  Entries up to %d were too old and are removed (roombot.retention.record).", r.Removed)
	}
}

func (t *verificationText) addFacts(r audit.Report) {
	if r.Erased > 0 {
		t.line("  The facts of %s are erased (roombot.retention.facts, %s forget).", countEntries(r.Erased), programName)
	}
	if r.Missing > 0 {
		t.line("! The facts of %d of them, of entry %d first, are gone before roombot.retention.facts is over, and nobody had them forgotten. "+
			"Unless it was shorter before, somebody has deleted them.",
			r.Missing, r.FirstMissing)
	}
	if r.MissingUnlinked > 0 {
		t.line("  Of %d of these an entry that is not in the chain yet says that they were forgotten: start the bot, which links it, and verify again.",
			r.MissingUnlinked)
	}
}

func countEntries(n int64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func entriesAre(n int64) string {
	if n == 1 {
		return countEntries(n) + " is"
	}
	return countEntries(n) + " are"
}

// lostEntriesWere names the entries that were lost when the store was set back.
func lostEntriesWere(r audit.RestoredBody) string {
	if r.Seen.Seq == r.Head.Seq+1 {
		return fmt.Sprintf("entry %d was", r.Seen.Seq)
	}
	return fmt.Sprintf("entries %d to %d were", r.Head.Seq+1, r.Seen.Seq)
}

// daysOf is a duration as the configuration has it.
func daysOf(d time.Duration) string {
	const day = 24 * time.Hour
	if d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}
