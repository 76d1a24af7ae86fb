package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
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
	require.Contains(t, shell(t, "audit", "verify", "--config", w.config).out, "✗ entry 4 was changed: it is stored in another form")
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
}

func TestAuditArgumentsAreChecked(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	for _, args := range [][]string{
		{}, {"list", "--kind", "odd"}, {"list", "--since", "tomorrow"}, {"list", "--until", "x"}, {"show"}, {"show", "x"}, {"export", "--format", "xml"},
	} {
		require.Equal(t, exitUsage, shell(t, append(append([]string{"audit"}, args...), "--config", w.config)...).code, args)
	}
	require.Equal(t, exitNotFound, shell(t, "audit", "list", "--config", w.config).code, "there is no store")
	require.Equal(t, exitNotFound, shell(t, "audit", "verify", "--anchors", filepath.Join(w.dir, "none.log"), "--config", w.config).code)
}
