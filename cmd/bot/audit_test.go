package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

func TestTheRecordAnswersWhoOpenedWhatAndWhySomebodyWasRefused(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	w.says("carol", `/newroom "Other"`)
	talk := w.says("bob", firstCommand)
	number := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindString(talk.Replies[0].Text)
	look := func(args ...string) string { // beside the running bot
		t.Helper()
		got := shell(t, append(args, "--config", w.config)...)
		require.Zero(t, got.code, got.err)
		return got.out
	}
	rooms := look("audit", "list", "--since", "today", "--kind", "room", "--user", "bob")
	require.Contains(t, rooms, number)
	require.Regexp(t, `opened, asked for by Bob Chen, by rule "everybody", policy [0-9a-f]{8}, room `, rooms)
	why := look("audit", "list", "--request", strings.ToUpper(number))
	require.Contains(t, why, "allow, /newroom, by rule ")
	require.Contains(t, why, "✓ who is one of ")
	require.Contains(t, why, "policy ")
	require.Equal(t, why, look("audit", "list", "--request", "Request "+number), "as it stands below the answer")
	require.Contains(t, look("jobs", "show", "Request "+number), number)
	require.Contains(t, look("policy", "why", "request "+strings.ToUpper(number)), number)
	for _, args := range [][]string{{"audit", "list", "--request", "foo"}, {"audit", "export", "--request", "foo"}, {"policy", "why", "foo"}, {"jobs", "show", "foo"}} {
		refused := shell(t, append(args, "--config", w.config)...)
		require.Equal(t, exitUsage, refused.code, args)
		require.Contains(t, refused.err, `"foo" is no number of a request: write the one that the user reads below the answer, such as 5k9d-02mx-q7ht`)
	}
	for _, args := range [][]string{{"audit", "list"}, {"jobs", "list"}} {
		refused := shell(t, append(args, "--since", "6d", "--until", "7d", "--config", w.config)...)
		require.Equal(t, exitUsage, refused.code, args)
		require.Contains(t, refused.err, "--until 7d is not after --since")
	}
	require.Equal(t, "Nothing here.\n", look("audit", "list", "--user", "alice"))
	require.Equal(t, "Nothing here.\n", look("audit", "list", "--since", "7d", "--until", "6d"))
	require.Contains(t, look("audit", "list"), "replica ")

	var all []entry
	require.NoError(t, json.Unmarshal([]byte(look("audit", "list", "--json", "--request", number)), &all))
	require.Equal(t, audit.Decision, all[0].Kind)
	require.Contains(t, string(all[0].Facts), "newroom")
	room := all[len(all)-1].Room
	require.Len(t, strings.Split(strings.TrimSpace(look("audit", "export", "--room", room)), "\n"), len(all))

	jobs := look("jobs", "list", "--state", "done", "--user", "bob", "--since", "7d")
	require.Contains(t, jobs, number)
	require.Contains(t, jobs, room)
	require.Contains(t, look("jobs", "list", "--state", "all", "--room", room), number)
	require.NotContains(t, look("jobs", "list", "--state", "done", "--user", "alice"), number)
	require.NotContains(t, look("jobs", "list", "--state", "done", "--until", "1h"), number)

	require.Zero(t, running.stop())
	require.Contains(t, look("audit", "verify"), "Nothing is certain without an anchor")
	log := filepath.Join(t.TempDir(), "roombot.log")
	var chain []entry
	for line := range strings.Lines(look("audit", "export")) {
		var e entry
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		chain = append(chain, e)
	}
	require.NoError(t, os.WriteFile(log, []byte(chain[len(chain)-1].Head().String()+"\n"), 0o600))
	require.Contains(t, look("audit", "verify", "--anchors", log), "are certain, by "+log+" line 1")
	require.Contains(t, look("audit", "show", "1"), `"kind": "start"`)

	erased := look("forget", "--user", "bob")
	require.Contains(t, erased, "The facts of 1 entry of the audit record were erased.")
	require.NotContains(t, look("audit", "list", "--request", number), "typed")
	unlinked := shell(t, "audit", "verify", "--anchors", log, "--config", w.config)
	require.Equal(t, exitFailed, unlinked.code, "anybody may have added an entry that is not linked")
	require.Contains(t, unlinked.out, "Of 1 of these an entry that is not in the chain yet says that they were forgotten: start the bot")
	w.runOnce()
	verified := look("audit", "verify", "--anchors", log)
	require.Contains(t, verified, "The facts of 1 entry are erased")
	require.Contains(t, verified, "One anchor was read.")
	require.NotContains(t, verified, "somebody has deleted them")

	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "roombot.db"))
	require.NoError(t, err)
	_, err = db.Exec(`DELETE FROM audit_facts WHERE facts LIKE '%typed%'`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	gone := shell(t, "audit", "verify", "--anchors", log, "--config", w.config)
	require.Regexp(t, `! The facts of \d of them, of entry \d+ first, are gone before`, gone.out)
	require.Equal(t, exitFailed, gone.code)
}

func TestAManipulatedRecordFailsItsVerification(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	running := w.run()
	w.says("bob", firstCommand)
	require.Zero(t, running.stop())
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "roombot.db"))
	require.NoError(t, err)
	_, err = db.Exec(`UPDATE audit SET actor = 1 WHERE seq = 3`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	got := shell(t, "audit", "verify", "--config", w.config)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "✗ entry 3 was changed")
	var r audit.Report
	require.NoError(t, json.Unmarshal([]byte(shell(t, "audit", "verify", "--json", "--config", w.config).out), &r))
	require.Equal(t, int64(3), r.Faults[0].Seq)

	// A number that is stored as another type has the same hash, and is found by no search.
	db, err = sql.Open("sqlite", "file:"+filepath.Join(w.dir, "roombot.db"))
	require.NoError(t, err)
	_, err = db.Exec(`UPDATE audit SET actor = CAST(actor AS BLOB) WHERE seq = 4`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.Contains(t, shell(t, "audit", "verify", "--config", w.config).out, "✗ entry 4 was changed: it, or its facts, are stored in another form")
}

func TestACellOfAnExportIsNoFormula(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	write, flush := csvWriter(&out)
	for _, typed := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"} {
		e := entry{Entry: audit.New(audit.Decision, typed, "decision/1", nil)}
		require.NoError(t, write(e))
	}
	require.NoError(t, write(entry{Entry: audit.New(audit.Decision, "5k9d-02mx-q7ht", "decision/1", map[string]string{"a": "b, c"})}))
	require.NoError(t, flush())
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 7)
	for _, row := range rows[1:6] {
		require.Equal(t, "'", row[3][:1])
	}
	require.Equal(t, "5k9d-02mx-q7ht", rows[6][3])
	require.JSONEq(t, `{"a":"b, c"}`, rows[6][7])
	out.Reset()
	write, flush = csvWriter(&out)
	require.NoError(t, write(entry{Entry: audit.New(audit.Room, "", "room", nil), By: &roomReason{RoomName: "=1+1", Name: "@eve", ApprovedBy: "-1"}}))
	require.NoError(t, flush())
	require.Contains(t, out.String(), ",'@eve,,,,,'=1+1,'-1\n")
}

func TestAuditArgumentsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	for _, args := range [][]string{
		{}, {"list", "--kind", "odd"}, {"list", "--since", "tomorrow"}, {"list", "--since", "2026-13-01"}, {"list", "--until", "x"}, {"show"}, {"show", "x"}, {"export", "--format", "xml"},
	} {
		require.Equal(t, exitUsage, shell(t, append(append([]string{"audit"}, args...), "--config", w.config)...).code, args)
	}
	require.Equal(t, exitNotFound, shell(t, "audit", "list", "--config", w.config).code, "there is no store")
	require.Equal(t, exitNotFound, shell(t, "audit", "verify", "--anchors", filepath.Join(w.dir, "none.log"), "--config", w.config).code)
}

func TestAListThatIsCutSaysHowToGetTheRest(t *testing.T) {
	t.Parallel()
	o := &opened{watched: newWatched(t)}
	running := o.run()
	o.says("carol", `/newroom "Other"`)
	o.says("bob", firstCommand)
	require.Zero(t, running.stop())
	all := o.shell("audit", "list", "--limit", "0", "--json")
	var entries []entry
	require.NoError(t, json.Unmarshal([]byte(all.out), &entries))
	require.Empty(t, all.err)
	require.Greater(t, len(entries), 3)
	hint := fmt.Sprintf("! 2 of %d entries are shown, the newest; --limit 0 shows all, --since and --until choose a time\n", len(entries))
	for _, form := range []string{"--json=true", "--json=false"} {
		cut := o.shell("audit", "list", "--limit", "2", form)
		require.Zero(t, cut.code)
		require.Equal(t, hint, cut.err)
	}
	var newest []entry
	require.NoError(t, json.Unmarshal([]byte(o.shell("audit", "list", "--limit", "2", "--json").out), &newest))
	require.Equal(t, entries[len(entries)-2:], newest)
	require.Equal(t, hint, o.shell("audit", "list", "--limit", "2", "--since", "1h").err, "asked for")
	require.Equal(t, "[]\n", o.shell("audit", "list", "--json", "--until", "2026-01-01").out)

	o.insertAnswers(300)
	require.Contains(t, o.shell("audit", "list").err, fmt.Sprintf("! 200 of %d entries are shown", len(entries)+300))
	since := o.shell("audit", "list", "--since", "1h")
	require.Empty(t, since.err)
	require.Len(t, strings.Split(strings.TrimSpace(since.out), "\n"), 1+len(entries)+300)

	require.Equal(t, "! 1 jobs are shown, the newest, and there are more: --limit 0 shows all, --since chooses a time\n",
		o.shell("jobs", "list", "--state", "all", "--limit", "1").err)
	require.Contains(t, o.shell("jobs", "list", "--state", "all", "--until", "0s", "--limit", "1", "--json").err, "! 1 jobs are shown")
	require.Empty(t, o.shell("jobs", "list", "--state", "all", "--limit", "0").err)
	for _, list := range []string{"audit", "jobs"} {
		negative := o.shell(list, "list", "--limit", "-1")
		require.Equal(t, exitUsage, negative.code)
		require.Contains(t, negative.err, "--limit -1: write how many at most, or 0 for all")
	}
}

// insertAnswers adds entries and jobs to the store, as if there had been more requests. Their
// hashes are none.
func (o *opened) insertAnswers(n int) {
	o.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "roombot.db"))
	require.NoError(o.t, err)
	for range n {
		_, err = db.Exec(`INSERT INTO audit (seq, prev, hash, at, kind, request, part, actor, room, body)
			SELECT max(seq) + 1, x'', x'', max(at), 'answer', 'r' || max(seq), 'answer', 1, '', '{}' FROM audit`)
		require.NoError(o.t, err)
	}
	require.NoError(o.t, db.Close())
}

func TestARoomIsFoundByItsIDAsLinksHaveIt(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(o.room) + "=="
	want := o.shell("audit", "list", "--room", o.room, "--json").out
	require.Contains(t, want, o.number)
	for _, id := range []string{standard, url.QueryEscape(standard), strings.ReplaceAll(url.QueryEscape(standard), "%2B", "%2b")} {
		require.Equal(t, want, o.shell("audit", "list", "--room", id, "--json").out, id)
		require.Contains(t, o.shell("jobs", "list", "--state", "all", "--room", id).out, o.number)
		require.Contains(t, o.shell("audit", "receipt", "--", id).out, o.room)
	}
	for _, name := range []string{"Q2 Earnings", "Q2", "https://acme.symphony.com/" + o.room} {
		for _, command := range [][]string{{"audit", "list"}, {"audit", "export"}, {"jobs", "list"}} {
			got := o.shell(append(command, "--room", name)...)
			require.Equal(t, exitUsage, got.code, command)
			require.Contains(t, got.err, "that is no stream id; write the id of the room, as its link has it")
		}
	}
}

func TestWhoOpenedWhichRoomIsOneCommand(t *testing.T) {
	t.Parallel()
	o := opensApprovedRoom(t)
	list := o.shell("audit", "list", "--since", "yesterday", "--kind", "room").out
	require.Regexp(t, `opened, asked for by Bob Chen, by rule "rooms", policy [0-9a-f]{8}, approved by Cora Lind, room "Desk" \(`+o.room+`\)\n`, list)
	rows, err := csv.NewReader(strings.NewReader(o.shell("audit", "export", "--kind", "room", "--format", "csv").out)).ReadAll()
	require.NoError(t, err)
	told := map[string]string{}
	for i, column := range rows[0] {
		told[column] = rows[1][i]
	}
	require.Regexp(t, `^[0-9a-f]{8}$`, told["policy"])
	for column, want := range map[string]string{
		"name": "Bob Chen", "command": "newroom", "outcome": "opened", "rule": "rooms", "roomName": "Desk", "approvedBy": "Cora Lind", "room": o.room,
	} {
		require.Equal(t, want, strings.TrimPrefix(told[column], "'"), column) // some ids begin like a formula
	}
	require.Zero(t, o.shell("forget", "--user", "bob").code)
	require.Regexp(t, `opened, by rule "rooms", policy [0-9a-f]{8}, .*room `+o.room+`\n`, o.shell("audit", "list", "--kind", "room").out)
}

func TestEveryKindOfEntryIsExplained(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	require.NoError(t, err)
	for _, kind := range audit.Kinds() {
		require.Regexp(t, `(?m)^\|.*\x60`+string(kind)+`\x60.* \|$`, string(guide))
		for _, subcommand := range []string{"list", "export"} {
			require.Regexp(t, `only of this kind:[\w ,]* `+string(kind)+`\b`, shell(t, "audit", subcommand, "--help").out)
		}
	}
}

func TestAPersonIsFoundByTheRecordWhereSymphonyIsNotReached(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	raw, err := os.ReadFile(o.config)
	require.NoError(t, err)
	gone := regexp.MustCompile(`("port": )\d+`).ReplaceAllString(string(raw), "${1}1")
	require.NotEqual(t, gone, string(raw))
	require.NoError(t, os.WriteFile(o.config, []byte(gone), 0o600))
	require.Contains(t, o.shell("audit", "list", "--user", "bob").out, o.number)
	require.Contains(t, o.shell("jobs", "list", "--state", "done", "--user", "Bob@acme.test").out, o.number)
	got := o.shell("audit", "list", "--user", "kim")
	require.Equal(t, exitNotFound, got.code)
	require.Contains(t, got.err, "--user kim: Symphony was not reached, and the audit record has nobody of that name (")
	require.Contains(t, got.err, "; --user takes the number of a user as well, which stands in the log")
}
