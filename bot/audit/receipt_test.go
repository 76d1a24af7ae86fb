package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

// newReceipt is a receipt about a room that one request has opened and another has closed, with
// other entries of the record between theirs.
func newReceipt() audit.Receipt {
	r := audit.Receipt{Room: "theRoom", At: time.Unix(1772600010, 0).UTC()}
	for i, made := range []struct {
		kind          audit.Kind
		request, room string
		body          map[string]any
	}{
		{audit.Decision, "first", "", map[string]any{"command": "newroom", "outcome": "allow", "rule": "<everybody>"}},
		{audit.Room, "another", "anotherRoom", map[string]any{"act": "opened"}},
		{audit.Room, "first", "theRoom", map[string]any{"act": "opened"}},
		{audit.Member, "first", "theRoom", map[string]any{"added": []int{7, 8}}},
		{audit.Decision, "second", "", map[string]any{"command": "undo", "outcome": "allow"}},
		{audit.Room, "second", "theRoom", map[string]any{"act": "closed"}},
	} {
		e := audit.New(made.kind, made.request, "part", made.body)
		e.Actor, e.Room, e.At = 7, made.room, time.UnixMicro(1772600000000000+int64(i)).UTC()
		entry := audit.ReceiptEntry{Entry: e}
		if made.kind == audit.Decision {
			with, facts := e.WithFacts(map[string]string{"typed": "/newroom Ärger & Söhne"})
			entry = audit.ReceiptEntry{Entry: with, Facts: &facts}
		}
		entry.Entry = entry.Link(r.Head)
		r.Head = entry.Head()
		if made.request != "another" {
			r.Entries = append(r.Entries, entry)
		}
	}
	return r
}

func TestAReceiptIsReadAsItWasWrittenAndVerifies(t *testing.T) {
	t.Parallel()
	r := newReceipt()
	require.Empty(t, r.Verify())
	text, err := r.Write()
	require.NoError(t, err)
	require.Contains(t, string(text), `"room":"theRoom"`)
	read, err := audit.ReadReceipt(text)
	require.NoError(t, err)
	require.Equal(t, r, read)

	without := r.WithoutFacts()
	require.Empty(t, without.Verify())
	text, err = without.Write()
	require.NoError(t, err)
	require.NotContains(t, string(text), "typed")
	require.NotNil(t, r.Entries[0].Facts, "the other one keeps them")
}

func TestEachManipulationOfAReceiptIsFound(t *testing.T) {
	t.Parallel()
	relink := func(r *audit.Receipt) { // whoever has the key could have signed this
		for i, e := range r.Entries {
			r.Entries[i].Entry = e.Link(audit.Head{Seq: e.Seq - 1, Hash: e.Prev})
		}
		r.Head = r.Entries[len(r.Entries)-1].Head()
	}
	change := func(r *audit.Receipt, i int, from, to string) {
		r.Entries[i].Body = json.RawMessage(strings.Replace(string(r.Entries[i].Body), from, to, 1))
	}
	for words, manipulate := range map[string]func(*audit.Receipt){
		"entry 3 was changed":                               func(r *audit.Receipt) { change(r, 1, "opened", "renamed") },
		"entry 4 was changed":                               func(r *audit.Receipt) { r.Entries[2].Actor = 8 },
		"entry 1 was changed":                               func(r *audit.Receipt) { r.Entries[0].At = r.Entries[0].At.Add(time.Microsecond) },
		"entry 5 was changed":                               func(r *audit.Receipt) { r.Entries[3].Part += "\n" },
		"the facts of entry 1 were changed":                 func(r *audit.Receipt) { r.Entries[0].Facts.Text = json.RawMessage(`{}`) },
		"the facts of entry 3 were changed":                 func(r *audit.Receipt) { r.Entries[1].Facts = r.Entries[0].Facts },
		"entry 3 stands after entry 4":                      func(r *audit.Receipt) { r.Entries[1], r.Entries[2] = r.Entries[2], r.Entries[1] },
		"entry 3 stands after entry 3":                      func(r *audit.Receipt) { r.Entries[2] = r.Entries[1] },
		"no entry says that the room was opened":            func(r *audit.Receipt) { r.Entries = append(r.Entries[:1:1], r.Entries[2:]...) },
		"no decision before entry 3 allows":                 func(r *audit.Receipt) { r.Entries = r.Entries[1:] },
		"entry 1 is not about the room":                     func(r *audit.Receipt) { r.Room = "anotherRoom" },
		"entry 6 is not of the record whose head is 5":      func(r *audit.Receipt) { r.Head.Seq = 5 },
		"entry 6 is not of the record whose head is 6 0000": func(r *audit.Receipt) { r.Head.Hash = audit.Hash{} },
		"entry 4 does not follow entry 3": func(r *audit.Receipt) {
			change(r, 1, `"opened"`, `"opened","by":1`)
			relink(r)
		},
		"entry 4 is not about the room": func(r *audit.Receipt) {
			r.Entries[2].Room = "anotherRoom"
			relink(r)
		},
		"no decision before entry 3 allows that": func(r *audit.Receipt) {
			change(r, 0, "allow", "deny")
			relink(r)
		},
	} {
		r := newReceipt()
		manipulate(&r)
		var found []string
		for _, f := range r.Verify() {
			found = append(found, f.What)
		}
		require.Contains(t, strings.Join(found, "; "), words)
	}
}

// Whoever has the key can leave entries out before they sign, and all hashes are right then.
func TestAnApprovalThatWasLeftOutOfAReceiptIsMissed(t *testing.T) {
	t.Parallel()
	var all []audit.ReceiptEntry
	head := audit.Head{}
	add := func(kind audit.Kind, actor int64, body string) {
		e := audit.New(kind, "first", "part", json.RawMessage(body))
		e.Actor, e.At = actor, time.UnixMicro(1772600000000000).UTC()
		if kind == audit.Room {
			e.Room = "theRoom"
		}
		e = e.Link(head)
		head = e.Head()
		all = append(all, audit.ReceiptEntry{Entry: e})
	}
	add(audit.Decision, 7, `{"command":"newroom","outcome":"approve"}`)
	add(audit.Approval, 7, `{"act":"asked","n":1}`)
	add(audit.Approval, 8, `{"act":"rejected","n":1}`)
	add(audit.Approval, 7, `{"act":"asked","n":2}`)
	add(audit.Approval, 9, `{"act":"approved","n":2}`)
	add(audit.Decision, 7, `{"command":"newroom","outcome":"allow","approval":{"n":2,"by":9}}`)
	add(audit.Room, 7, `{"act":"opened"}`)
	faults := func(leftOut ...int) []audit.Fault {
		r := audit.Receipt{Room: "theRoom", Head: head}
		for i, e := range all {
			if !slices.Contains(leftOut, i) {
				r.Entries = append(r.Entries, e)
			}
		}
		return r.Verify()
	}
	require.Empty(t, faults())
	want := []audit.Fault{{Seq: 6, What: "entry 6 names approval 2 of its request, by 9, and no entry tells of that: it was left out"}}
	require.Equal(t, want, faults(4))
	require.Equal(t, want, faults(1, 2, 3, 4))
}

func TestAReceiptOfAnotherFormIsNotRead(t *testing.T) {
	t.Parallel()
	for text, words := range map[string]string{
		`{"v":2}`: "version 2", `{}`: "version 0", `{"v":1,"room":"r"}`: "no entries", `[]`: "cannot unmarshal", `{"v":1`: "unexpected end",
		`{"v":1,"entries":[{"hash":"00"}]}`: "64 digits", `{"v":1,"entries":[{"body":{}}]}`: "cannot unmarshal",
		strings.Repeat(" ", audit.MaxReceipt+1): "more than 1048576",
	} {
		_, err := audit.ReadReceipt([]byte(text))
		require.ErrorContains(t, err, words)
	}
	r := newReceipt()
	for len(r.Entries) < 4000 {
		r.Entries = append(r.Entries, r.Entries...)
	}
	_, err := r.Write()
	require.ErrorContains(t, err, "more than 1048576")
}

// Whatever is read can be verified, and what verifies is written as it was read.
func FuzzReadReceipt(f *testing.F) {
	whole, err := newReceipt().Write()
	require.NoError(f, err)
	f.Add(whole)
	f.Add([]byte(`{"v":1,"entries":[{"seq":-1,"at":"2026-03-04T05:00:00+25:00","facts":{"salt":"AA==","text":"{"}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := audit.ReadReceipt(text)
		if err != nil {
			return
		}
		faults := r.Verify()
		written, err := r.Write()
		if err != nil {
			return // which other entries may be: theirs is not the form that is written
		}
		again, err := audit.ReadReceipt(written)
		require.NoError(t, err)
		require.Equal(t, faults, again.Verify())
	})
}
