package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/config"
)

// tampered is a bot whose store somebody has changed.
type tampered struct {
	*watched
	db    *sql.DB
	chain []audit.Entry
}

func newTampered(t *testing.T) *tampered {
	t.Helper()
	w := newWatched(t)
	running := w.run()
	w.says("bob", firstCommand)
	require.Zero(t, running.stop())
	m := &tampered{watched: w}
	for line := range strings.Lines(shell(t, "audit", "export", "--config", w.config).out) {
		var e audit.Entry
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		m.chain = append(m.chain, e)
	}
	var err error
	m.db, err = sql.Open("sqlite", "file:"+filepath.Join(w.dir, "roombot.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.db.Close()) })
	return m
}

// runOnce lets the bot link what is stored, in a pod that has its feed of before.
func (w *watched) runOnce() {
	w.t.Helper()
	p := begin(w.t, "run", "--config", w.config)
	p.line("a live feed was reused")
	require.Zero(w.t, p.stop())
}

func (m *tampered) exec(statement string, args ...any) {
	m.t.Helper()
	_, err := m.db.Exec(statement, args...)
	require.NoError(m.t, err)
}

// addUnlinked adds an entry as whoever can write the store may.
func (m *tampered) addUnlinked(kind audit.Kind, body any) {
	m.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(m.t, err)
	m.exec(`INSERT INTO audit_unlinked (place, at, kind, request, part, actor, room, body) VALUES (1, $1, $2, '', 'x', 0, '', $3)`,
		time.Now().UnixMicro(), string(kind), string(text))
}

// anchors is a file with these entries, as collectors have them.
func (m *tampered) anchors(entries ...audit.Entry) (path string) {
	m.t.Helper()
	var text []byte
	for _, e := range entries {
		line, err := json.Marshal(e)
		require.NoError(m.t, err)
		text = append(append(text, line...), '\n')
	}
	path = filepath.Join(m.t.TempDir(), "audit.ndjson")
	require.NoError(m.t, os.WriteFile(path, text, 0o600))
	return path
}

func (m *tampered) verify(anchors string) outcome {
	m.t.Helper()
	return shell(m.t, "audit", "verify", "--anchors", anchors, "--config", m.config)
}

func TestAForgedRemovalIsFoundBeforeAndAfterItIsLinked(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	file := m.anchors(m.chain...)
	require.Zero(t, m.verify(file).code)
	m.exec(`DELETE FROM audit_facts WHERE request IN (SELECT request FROM audit WHERE seq <= 3)`)
	m.exec(`DELETE FROM audit WHERE seq <= 3`)
	m.addUnlinked(audit.Removed, audit.RemovedBody{Through: m.chain[2].Head()})
	got := m.verify(file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "✗ entries 1 to 3 were removed, and the entry that says that they were too old is not in the chain yet")
	require.Contains(t, got.out, fmt.Sprintf("  Entries 4 to %d are certain, by ", len(m.chain)))
	require.Contains(t, got.out, fmt.Sprintf("  %d anchors were read.", len(m.chain)))

	m.runOnce() // which links it
	got = m.verify(file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "since they were too old, but ", "they were removed on their first day")
	got = shell(t, "audit", "verify", "--config", m.config)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "! Entries up to 3 are removed, as too old, though roombot.retention.record keeps entries for ever.")
	require.Contains(t, shell(t, "audit", "list", "--kind", "removed", "--config", m.config).out, "entries up to 3 were too old and were removed")
}

func TestACutTailIsToldOnce(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	n := len(m.chain)
	file := m.anchors(m.chain...)
	m.exec(`DELETE FROM audit_facts`)
	m.exec(`DELETE FROM audit WHERE seq > 2`)
	m.addUnlinked(audit.Restored, audit.RestoredBody{Head: m.chain[1].Head(), Seen: m.chain[n-1].Head(), By: "file"})
	got := m.verify(file)
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, 1, strings.Count(got.out, "✗"), got.out)
	require.Contains(t, got.out, fmt.Sprintf("✗ entries 3 to %d were cut off: %s line %d has the hash of entry %d", n, file, n, n))
	require.Contains(t, got.out, "! An entry that is not in the chain yet says that at ")
	require.Contains(t, got.out, "It excuses nothing: start the bot, which links it, and verify again.")

	m.runOnce() // what it says is so, and cannot be told from a backup that was restored
	got = m.verify(file)
	require.Zero(t, got.code, got.out)
	require.Contains(t, got.out, "! Entry 3 says that at ")
	require.Contains(t, got.out, fmt.Sprintf("the store was set back to entry 2, and that entries 3 to %d were lost. Was a backup put in place then?", n))
	require.Contains(t, shell(t, "audit", "list", "--kind", "restored", "--config", m.config).out,
		fmt.Sprintf("store was set back to entry 2, %d lost, up to entry %d, seen in the file", n-2, n))
}

func TestATriggerOnTheStoreFailsVerificationAndCheck(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	require.Equal(t, levelOK, check(t, m).Level)
	m.exec(`CREATE TRIGGER y AFTER INSERT ON audit_unlinked BEGIN DELETE FROM audit_unlinked WHERE place = new.place; END`)
	const said = "the store has a trigger y on audit_unlinked, which this program does not make"
	got := m.verify(m.anchors(m.chain...))
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "✗ "+said+"\n")
	store := check(t, m)
	require.Equal(t, levelFailed, store.Level)
	require.Contains(t, store.Detail, said)
	require.Contains(t, store.Remedy, "drop it")
}

func check(t *testing.T, m *tampered) checkResult {
	t.Helper()
	results, _ := runCheck(t, m.config)
	return results["store"]
}

func TestAnchorsAreReadFromALogForPeople(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	last := m.chain[len(m.chain)-1]
	log := &strings.Builder{}
	logger := newLogger(config.Log{Level: "info", Format: "console"}, log)
	logger.Info().Int64("seq", last.Seq).Str("hash", last.Hash.String()).Msg("head of the audit record")
	path := filepath.Join(t.TempDir(), "roombot.log")
	require.NoError(t, os.WriteFile(path, []byte("16:00:00 INF bot has started\n"+log.String()), 0o600))
	got := m.verify(path)
	require.Zero(t, got.code, got.out)
	require.Contains(t, got.out, fmt.Sprintf("All entries up to %d are certain, by %s line 2.", last.Seq, path))
}

func TestEntriesOfARecordWithoutItsBeginningAreNamed(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]audit.Report{
		"  Entries 11 to 72 are certain, by log.": {First: 11, Certain: audit.Head{Seq: 72}, Source: "log", Anchors: 2},
		"  Entry 11 is certain, by log.":          {First: 11, Certain: audit.Head{Seq: 11}, Source: "log", Anchors: 2},
		"✓ 1 entry is whole, from 1 to 1.":        {Entries: 1, First: 1, Head: audit.Head{Seq: 1}},
		"  1 entry is not in the chain yet; ":     {Unlinked: 1},
		"though roombot.retention.record keeps entries for 2555d, and one of them was younger, by log.": {
			Removed: 3, RemovedEarly: true, RemovedEarlyBy: "log"},
	} {
		var out strings.Builder
		require.NoError(t, printVerification(&out, r, config.Retention{Record: 2555 * 24 * time.Hour}))
		require.Contains(t, out.String(), want)
	}
}

// The receipt and the lists by room and request are answered from indexes.
func TestAnIndexThatHidesEntriesMakesNothingCertain(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	file := m.anchors(m.chain...)
	require.Contains(t, m.verify(file).out, " are certain, by ")
	m.db.SetMaxOpenConns(1) // the pragma is of a connection
	m.exec(`DROP INDEX audit_room`)
	m.exec(`CREATE INDEX audit_room ON audit (room) WHERE room <> '' AND kind = ''`)
	m.exec(`PRAGMA writable_schema = ON`)
	m.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX audit_room ON audit (room) WHERE room <> ''''' WHERE name = 'audit_room'`)
	got := m.verify(file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "✗ the table audit and its indexes contradict each other (row ")
	require.NotContains(t, got.out, " certain, by ")
	m.exec(`PRAGMA writable_schema = RESET`)
	m.exec(`REINDEX audit`)
	require.Zero(t, m.verify(file).code, "as the fault says")
}

func TestAnEntryOfAnotherTypeIsNamedByVerifyAndList(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	m.exec(`UPDATE audit SET at = at + 0.4 WHERE seq = 3`)
	got := m.verify(m.anchors(m.chain...))
	require.Equal(t, exitFailed, got.code)
	require.Equal(t, 1, strings.Count(got.out, "✗"), got.out)
	require.Contains(t, got.out, "✗ entry 3 was changed: it, or its facts, are stored in another form than the bot writes")
	for _, args := range [][]string{{"list"}, {"export"}, {"show", "3"}} {
		got = shell(t, append([]string{"audit", "--config", m.config}, args...)...)
		require.Equal(t, exitFailed, got.code)
		require.Contains(t, got.err, "entry 3 is stored in another form than entries are written in: somebody has changed it; "+programName+" audit verify tells more")
	}
}

func TestEntriesThatWaitTooLongToBeLinkedMakeTheRecordDoubtful(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	file := m.anchors(m.chain...)
	m.addUnlinked(audit.Stop, map[string]any{})
	got := m.verify(file)
	require.Zero(t, got.code, got.out)
	require.Contains(t, got.out, "  1 entry is not in the chain yet; a running bot links them within a second.")
	m.exec(`UPDATE audit_unlinked SET at = at - 120000000`)
	got = m.verify(file)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "! 1 entry is not in the chain, since 20")
	m.exec(`UPDATE audit_unlinked SET place = 'first'`)
	require.Contains(t, m.verify(file).out, "✗ an entry that is not in the chain yet (request , part x) is stored in another form than entries are written in")
}

func TestHashesAndFactsOfAnotherTypeAreNamed(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	file := m.anchors(m.chain...)
	for _, change := range []string{
		`UPDATE audit SET hash = CAST(hash AS TEXT) WHERE seq = 2`, `UPDATE audit SET prev = CAST(prev AS TEXT) WHERE seq = 2`,
		`UPDATE audit_facts SET salt = CAST(salt AS TEXT)`, `UPDATE audit_facts SET facts = CAST(facts AS BLOB)`, `UPDATE audit_facts SET at = at + 0.5`,
	} {
		require.Zero(t, m.verify(file).code)
		m.exec(change)
		got := m.verify(file)
		require.Equal(t, exitFailed, got.code, change)
		require.Regexp(t, `✗ entry \d+ was changed: it, or its facts, are stored in another form`, got.out, change)
		m.exec(`UPDATE audit SET hash = CAST(hash AS BLOB), prev = CAST(prev AS BLOB)`)
		m.exec(`UPDATE audit_facts SET salt = CAST(salt AS BLOB), facts = CAST(facts AS TEXT), at = CAST(at AS INTEGER)`)
	}
}

// The head of the record stands in a log after an hour, or when the bot stops.
func TestALogWithoutAHeadKeepsNothingFromBeingVerified(t *testing.T) {
	t.Parallel()
	m := newTampered(t)
	file := m.anchors(m.chain...)
	young := filepath.Join(t.TempDir(), "roombot.log")
	require.NoError(t, os.WriteFile(young, []byte("16:00:00 INF bot has started\n"), 0o600))
	got := shell(t, "audit", "verify", "--config", m.config, "--anchors", young, "--anchors", file)
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, " are certain, by "+file)
	require.Contains(t, got.err, "! "+young+" has no head of the record yet")
	got = m.verify(young)
	require.Equal(t, exitFailed, got.code, "it was to be compared with something")
	require.Contains(t, got.out, " whole, from 1 to ")
}
