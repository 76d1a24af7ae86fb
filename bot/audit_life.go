package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// AuditConfig says what the audit record tells besides requests, and who is told of it.
type AuditConfig struct {
	Program string            // version of the program
	File    string            // gets a line for each entry; empty for none
	Room    symphony.StreamID // gets the head of the record each hour; empty for none
	// ReportGrowth is called within a second after entries were linked. It must not block. Optional.
	ReportGrowth func()
}

type (
	processBody struct {
		Replica string `json:"replica"`
		Program string `json:"program,omitempty"`
		Policy  string `json:"policy,omitempty"` // its version
	}
	policyBody struct {
		Version  string          `json:"version"`
		Hash     string          `json:"hash,omitempty"` // none in entries of earlier versions
		Document json.RawMessage `json:"document"`
	}
)

// notePolicy is the note of the hash of the policy that the last entry has, a string. noteHead
// is the note of the head that was last told to the room, a toldHead.
const (
	notePolicy = "audit-policy"
	noteHead   = "audit-head"
)

// toldHead is a head, and when it was told.
type toldHead struct {
	audit.Head
	At time.Time `json:"at"`
}

// recordLife writes the entries that belong to no request, and tells the head of the record.
type recordLife struct {
	AuditConfig
	policy  *policy.Policy // at the start
	engine  *engine.Engine
	client  *symphony.Client
	self    symphony.UserID
	started time.Time
	grown   chan struct{} // holds a token when the record may have grown
	file    *recordFile   // nil for none
}

func newRecordLife(c Config, self symphony.UserID) *recordLife {
	return &recordLife{AuditConfig: c.Audit, policy: c.Policy, client: c.Client, self: self, started: time.Now(), grown: make(chan struct{}, 1)}
}

// noteGrowth is called by the engine.
func (l *recordLife) noteGrowth(last int64) {
	if l.ReportGrowth != nil && last > 0 {
		l.ReportGrowth()
	}
	select {
	case l.grown <- struct{}{}:
	default:
	}
}

// begin stores that the process starts, by which policy, and whether the store was set back. It
// returns the policy that was in force before, nil where it is not known or the same.
func (l *recordLife) begin(ctx context.Context, e *engine.Engine) (before *policy.Policy, err error) {
	l.engine = e
	if l.File != "" {
		if l.file, err = openRecordFile(l.File); err != nil {
			return nil, err
		}
	}
	if err := l.addRestored(ctx); err != nil {
		return nil, err
	}
	err = e.StoreEntries(ctx, audit.New(audit.Start, "", l.part("start"), l.process()))
	if err != nil || l.policy.Version() == "" {
		return nil, err
	}
	return l.policyBefore(ctx), l.addPolicy(ctx, l.policy)
}

// policyBefore is the policy that was in force last, nil where it is the same or cannot be read.
func (l *recordLife) policyBefore(ctx context.Context) *policy.Policy {
	var last string
	found, err := l.engine.Note(ctx, notePolicy, &last)
	if err != nil || !found || last == l.policy.Hash() {
		return nil
	}
	before, err := RecordedPolicy(ctx, l.engine, "")
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("policy of before could not be read from the audit record")
	}
	return before
}

func (l *recordLife) process() processBody {
	return processBody{Replica: l.engine.Replica(), Program: l.Program, Policy: l.policy.Version()}
}

// part names an entry of this process.
func (l *recordLife) part(what string) string {
	return fmt.Sprintf("%s/%s/%d", what, l.engine.Replica(), l.started.UnixMicro())
}

// addPolicy stores that a version of the policy is in force, unless that of the last entry is. Each
// version that was ever in force is in the record whole.
func (l *recordLife) addPolicy(ctx context.Context, p *policy.Policy) error {
	version, hash := p.Version(), p.Hash()
	var last string
	if _, err := l.engine.Note(ctx, notePolicy, &last); err != nil || last == hash {
		return err
	}
	part := fmt.Sprintf("policy/%s/%d", version, time.Now().UnixMicro())
	err := l.engine.StoreEntries(ctx, audit.New(audit.Policy, "", part, policyBody{Version: version, Hash: hash, Document: p.Document()}))
	if err != nil {
		return err
	}
	return l.engine.SetNote(ctx, notePolicy, hash)
}

// addRestored stores that the store was set back, where the file or the room has the hash of an
// entry that the store does not have.
func (l *recordLife) addRestored(ctx context.Context) error {
	seen, by := audit.Head{}, "room"
	if l.Room != "" {
		seen = l.readRoom(ctx)
	}
	if l.file != nil && l.file.last.Seq >= seen.Seq {
		seen, by = l.file.last, "file"
	}
	var back *audit.Head
	err := l.engine.AddRestored(ctx, func(last audit.Head) (audit.Entry, bool) {
		if seen.Seq <= last.Seq {
			back = nil
			return audit.Entry{}, false
		}
		back = &last
		return audit.New(audit.Restored, "", l.part("restored"), audit.RestoredBody{Head: last, Seen: seen, By: by}), true
	})
	if err != nil {
		return err
	}
	if back == nil {
		return l.checkSeen(ctx, seen, by)
	}
	zerolog.Ctx(ctx).Warn().Int64("seq", back.Seq).Msg("store was set back: the audit record had more entries")
	if l.file != nil {
		l.file.last = *back // what follows is written
	}
	return nil
}

// checkSeen logs where the record differs from what the file or the room has: that is for whoever
// verifies it.
func (l *recordLife) checkSeen(ctx context.Context, seen audit.Head, by string) error {
	if seen.Seq == 0 {
		return nil
	}
	same := true
	err := l.engine.ListEntries(ctx, engine.EntryFilter{After: seen.Seq - 1}, func(s engine.StoredEntry) error {
		same = s.Seq != seen.Seq || s.Hash == seen.Hash
		return engine.ErrStop
	})
	if err == nil && !same {
		zerolog.Ctx(ctx).Error().Int64("seq", seen.Seq).Str("by", by).Msg("entry of the audit record is another one than was told before")
	}
	return err
}

// headEvery is how often the head is told.
const headEvery = time.Hour

// run tells the head and writes the file, until ctx ends.
func (l *recordLife) run(ctx context.Context) {
	heads := time.NewTicker(headEvery)
	defer heads.Stop()
	var told audit.Head
	l.writeFile(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-heads.C:
			told = l.tellHead(ctx, told)
		case <-l.grown:
			l.writeFile(ctx)
		}
	}
}

// end stores that the process stops, links all, and tells the head a last time.
func (l *recordLife) end(ctx context.Context) {
	err := l.engine.StoreEntries(ctx, audit.New(audit.Stop, "", l.part("stop"), l.process()))
	if err = errors.Join(err, l.engine.LinkEntries(ctx)); err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Msg("end of the process could not be added to the audit record")
		return
	}
	l.writeFile(ctx)
	if head, err := l.engine.Head(ctx); err == nil {
		logHead(ctx, head)
	}
}

// logHead writes the head of the record, whatever the least level of the log is.
func logHead(ctx context.Context, head audit.Head) {
	zerolog.Ctx(ctx).Log().Str("level", zerolog.InfoLevel.String()).Int64("seq", head.Seq).Str("hash", head.Hash.String()).
		Msg("head of the audit record")
}

// tellHead tells the head, unless it was told already. The room is told by one of the replicas.
func (l *recordLife) tellHead(ctx context.Context, told audit.Head) audit.Head {
	head, err := l.engine.Head(ctx)
	if err != nil || head == told {
		return told
	}
	logHead(ctx, head)
	if l.Room != "" {
		if err := l.tellRoom(ctx, head, time.Now()); err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("head of the audit record could not be told in its room")
		}
	}
	return head
}

// tellRoom tells the head in the room, unless that was done in the last three quarters of an hour.
func (l *recordLife) tellRoom(ctx context.Context, head audit.Head, now time.Time) error {
	var before toldHead
	if _, err := l.engine.Note(ctx, noteHead, &before); err != nil {
		return err
	}
	if ago := now.Sub(before.At); ago >= 0 && ago < headEvery*3/4 {
		return nil
	}
	if err := l.engine.SetNote(ctx, noteHead, toldHead{head, now}); err != nil {
		return err
	}
	data, err := messageml.EntityData(map[string]any{"audit": map[string]any{"type": "roombot.audit.head", "version": "1.0", "head": head}})
	if err != nil {
		return err
	}
	markup := "<messageML>Head of the audit record: " + head.String() + "</messageML>"
	_, err = l.client.SendMessage(ctx, l.Room, symphony.Outgoing{MessageML: markup, Data: data})
	return err
}

// readRoom is the newest head that the bot has told in the room. One that cannot be read now is
// none: the file or the next start may tell.
func (l *recordLife) readRoom(ctx context.Context) (newest audit.Head) {
	const reach = 7 * 24 * time.Hour
	for m, err := range l.client.MessagesSince(ctx, l.Room, time.Now().Add(-reach)) {
		if err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("room of the audit record could not be read")
			return newest
		}
		if m.From.ID != l.self {
			continue
		}
		if head, found := audit.ParseHead(m.Data); found && cmp.Less(newest.Seq, head.Seq) {
			newest = head
		}
	}
	return newest
}

// writeFile writes what the record has more than the file.
func (l *recordLife) writeFile(ctx context.Context) {
	if l.file == nil {
		return
	}
	if err := l.file.write(ctx, l.engine); err != nil && ctx.Err() == nil {
		zerolog.Ctx(ctx).Error().Err(err).Msg("file of the audit record could not be written")
		time.AfterFunc(fileRetry, func() { l.noteGrowth(0) })
	}
}
