package engine_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

func TestTheQueueStoresAJobAsBefore(t *testing.T) {
	t.Parallel()
	kind, args := engine.QueueArgs("message 1")
	require.Equal(t, "command", kind)
	encoded, err := json.Marshal(args)
	require.NoError(t, err)
	golden, err := os.ReadFile(filepath.Join("testdata", "queue_args.json"))
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(string(golden)), string(encoded))
}

// restore makes a store of schema version 3.
func restore(t *testing.T, store engine.Address) {
	t.Helper()
	if store.IsPostgres() {
		script, err := os.ReadFile(filepath.Join("testdata", "store_v3_postgres.sql"))
		require.NoError(t, err)
		postgrestest.Exec(t, store.Reveal(), string(script))
		return
	}
	script, err := os.ReadFile(filepath.Join("testdata", "store_v3_sqlite.sql"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(store.File()), 0o700))
	db, err := sql.Open("sqlite", store.File())
	require.NoError(t, err)
	_, err = db.Exec(string(script))
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestAStoreOfTheVersionBeforeIsFinished(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		restore(t, store)
		var order []string
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			order = append(order, fmt.Sprintf("%s %d/%d", a.ID, a.Series, a.Number))
			if a.ID == "running" {
				return finishRunning(ctx, a)
			}
			return nil
		})
		c.Workers, c.JournalVersion, c.Keep = 1, 1, 100*365*24*time.Hour
		reported := map[string]string{}
		c.ReportFailure = func(_ context.Context, a *engine.Attempt, cause error) error {
			reported[a.ID] = cause.Error()
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("answered", "a"))
		waitIdle(t, e)
		require.ElementsMatch(t, []string{"running 1/1", "waiting 1/1", "retrying 1/2"}, order)
		require.Equal(t, map[string]string{"reporting": "no room for reporting"}, reported)
		require.NoError(t, e.Retry(ctx, "failed"))
		waitIdle(t, e)
		require.Contains(t, order, "failed 2/1")

		require.Equal(t, map[string]engine.JobState{
			"answered": engine.Done, "failed": engine.Done, "running": engine.Done, "waiting": engine.Done, "retrying": engine.Done,
			"reporting": engine.Failed,
		}, listStates(t, e.List))
		var note map[string]string
		found, err := e.Note(ctx, "heard", &note)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, map[string]string{"feed": "f1"}, note)
	})
}

// finishRunning checks what the job that was running has stored.
func finishRunning(ctx context.Context, a *engine.Attempt) error {
	var got room
	if done, err := a.Result("create", &got); err != nil || !done || got.ID != "r1" || got.Names[0] != "é" {
		return engine.GiveUp(fmt.Errorf("result %v %+v %w", done, got, err))
	}
	if last, n, err := a.Intentions(ctx, "add"); err != nil || n != 1 || last.IsZero() {
		return engine.GiveUp(fmt.Errorf("%d intentions, the last at %s: %w", n, last, err))
	}
	for key, want := range map[string]string{"form of answered": "answered", "form of running": "running"} {
		if owner, err := a.Claim(ctx, key); err != nil || owner != want {
			return engine.GiveUp(fmt.Errorf("%s belongs to %q: %w", key, owner, err))
		}
	}
	if string(a.Payload) != `{"text":"/newroom Q2 é"}` {
		return engine.GiveUp(errors.New(string(a.Payload)))
	}
	return nil
}

// openVersion opens an engine that reads and writes a version of the journal. Its jobs send their
// id and the number of the attempt.
func openVersion(t *testing.T, ctx context.Context, store engine.Address, version int) (*engine.Engine, chan string) {
	t.Helper()
	ran := make(chan string, 10)
	c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
		ran <- fmt.Sprintf("%s %d", a.ID, a.Number)
		return nil
	})
	c.JournalVersion = version
	e, err := engine.Open(ctx, c)
	require.NoError(t, err)
	return e, ran
}

// waitHandedBack waits until a job was delivered and handed back twice.
func waitHandedBack(t *testing.T, e *engine.Engine, id string) {
	t.Helper()
	var times []string
	require.Eventually(t, func() bool {
		at, err := e.NextDelivery(context.Background(), id)
		if err == nil && !slices.Contains(times, at) {
			times = append(times, at)
		}
		return len(times) > 2
	}, patience, 10*time.Millisecond)
}

func TestAJobOfANewerVersionWaitsForThatVersion(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		newer, _ := openVersion(t, silentContext(), store, 2)
		insert(t, newer, newJob("a", "s"), newJob("behind", "s"), newJob("b", "t"))
		require.NoError(t, newer.Close())

		var lines logLines
		ctx := zerolog.New(&lines).Level(zerolog.InfoLevel).WithContext(context.Background())
		older, ran := openVersion(t, ctx, store, 1)
		stop := run(t, ctx, older)
		insert(t, older, newJob("own", "u"))
		require.Equal(t, "own 1", next(t, ran))
		waitHandedBack(t, older, "a")
		require.Empty(t, ran)
		require.Eventually(t, func() bool {
			s, err := older.Stats(context.Background())
			return err == nil && s.Queued == 3 && s.Running == 0 && s.Failed == 0
		}, patience, 10*time.Millisecond)
		stop()
		require.Equal(t, 1, lines.count("job was written by a newer version of the program and waits; start that version"))
		require.Equal(t, 1, lines.count(`"journal":2,"own_journal":1`))

		newer, ran = openVersion(t, silentContext(), store, 2)
		run(t, silentContext(), newer)
		require.ElementsMatch(t, []string{"a 1", "behind 1", "b 1"}, []string{next(t, ran), next(t, ran), next(t, ran)},
			"waiting used no attempt")
		waitIdle(t, newer)
		d, err := newer.Show(context.Background(), "own")
		require.NoError(t, err)
		require.Equal(t, 1, d.Journal)
	})
}

func TestANewerReplicaTakesTheJobsThatAnOlderHandsBack(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	older, ranOlder := openVersion(t, silentContext(), store, 1)
	run(t, silentContext(), older)
	newer, ranNewer := openVersion(t, silentContext(), store, 2)
	ids := numberedIDs("n", 5)
	for _, id := range ids {
		insert(t, newer, newJob(id, id))
	}
	waitHandedBack(t, older, ids[0]) // which has them for itself
	require.Empty(t, ranOlder)
	run(t, silentContext(), newer)
	var got, want []string
	for _, id := range ids {
		got, want = append(got, next(t, ranNewer)), append(want, id+" 1")
	}
	require.ElementsMatch(t, want, got)
	insert(t, older, newJob("old", "s"))
	waitIdle(t, older)
	require.Equal(t, 1, len(ranOlder)+len(ranNewer), "a job of the older version runs on either")
}

func TestAnAttemptMarksItsJobWithItsVersion(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		older, _ := openVersion(t, silentContext(), store, 1)
		insert(t, older, newJob("a", "s"))
		require.NoError(t, older.Close())
		inside := make(chan error, 1)
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			inside <- a.Do(ctx, "create", nil, func(context.Context) (any, error) { return room{ID: "r2"}, nil })
			<-ctx.Done()
			return ctx.Err()
		})
		c.JournalVersion, c.Drain = 2, -1
		newer, stop := start(t, c)
		require.NoError(t, next(t, inside))
		d, err := newer.Show(context.Background(), "a")
		require.NoError(t, err)
		require.Equal(t, 2, d.Journal)
		stop()

		older, ran := openVersion(t, silentContext(), store, 1)
		run(t, silentContext(), older)
		waitHandedBack(t, older, "a")
		require.Empty(t, ran, "the result of the newer version is not misread")
	})
}

func TestAnOlderProgramMayInsertBesideThisOne(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		require.NoError(t, e.Exec(ctx, `INSERT INTO command (id, conversation, payload, received, state, finished)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`, "a", "s", "{}", 1, "done", time.Now().UnixMicro()))
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Zero(t, d.Journal)
		require.NoError(t, e.Close())
	})
}
