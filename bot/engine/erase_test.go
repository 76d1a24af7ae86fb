package engine_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// marker is a text that only the job of this number holds.
func marker(kind string, n int) string { return fmt.Sprintf("%s-%06d.", kind, n) }

// markersIn are the markers in the files of a store, each once.
func markersIn(t *testing.T, store engine.Address) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(store.File() + end)
		if !errors.Is(err, os.ErrNotExist) {
			require.NoError(t, err)
		}
		for _, m := range regexp.MustCompile(`(typed|answered)-\d{6}\.`).FindAll(content, -1) {
			found[string(m)] = true
		}
	}
	return found
}

// copyFiles copies a store on which nobody writes.
func copyFiles(t *testing.T, store engine.Address) engine.Address {
	t.Helper()
	copied := newFile(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(copied.File()), 0o700))
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(store.File() + end)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(copied.File()+end, content, 0o600))
	}
	return copied
}

// talkative is a job with a text, of a length that differs from others.
func talkative(n int) engine.Job {
	j := newJob(fmt.Sprint("job ", n), fmt.Sprint("chat ", n%40))
	j.Payload, _ = json.Marshal(strings.Repeat(marker("typed", n), 1+n%23*n%23))
	return j
}

func TestTheTextOfADoneJobLeavesTheFiles(t *testing.T) {
	t.Parallel()
	const jobs = 600
	ctx := context.Background()
	release := make(chan struct{})
	var failed atomic.Int64 // each job once: on a busy machine one may come again
	var failedIDs sync.Map
	c := quickConfig(newFile(t), func(ctx context.Context, a *engine.Attempt) error {
		var n int
		_, err := fmt.Sscanf(a.ID, "job %d", &n)
		for _, step := range []string{"plan", "outcome"} {
			err = errors.Join(err, a.Intend(ctx, step), a.Do(ctx, step, nil, func(context.Context) (any, error) {
				return strings.Repeat(marker("answered", n), 1+n%17*n%17), nil
			}))
		}
		switch {
		case err != nil:
			return err
		case n%5 == 0: // in other chats than those that wait below, so that all come to their end
			if _, again := failedIDs.LoadOrStore(a.ID, true); !again {
				failed.Add(1)
			}
			return engine.GiveUp(errBroken)
		case n%97 == 0:
			<-release
		}
		return nil
	})
	e, _ := start(t, c)
	var all []engine.Job
	for n := range jobs {
		all = append(all, talkative(n))
	}
	insert(t, e, all...)
	require.Eventually(t, func() bool {
		s, err := e.Stats(ctx)
		return err == nil && s.Running > 0 && failed.Load() == jobs/5
	}, patience, 10*time.Millisecond)
	close(release)
	waitIdle(t, e)

	c.Store = copyFiles(t, c.Store) // as a process that is killed leaves them
	require.Greater(t, len(markersIn(t, c.Store)), 2*jobs/5, "texts of done jobs are left somewhere")
	e = open(t, c)
	e.EraseTraces(ctx)
	require.True(t, e.HasNoTraces())
	found := markersIn(t, c.Store)
	for n := range jobs {
		for _, kind := range []string{"typed", "answered"} {
			require.Equal(t, n%5 == 0, found[marker(kind, n)], "%s: only failed jobs may be retried", marker(kind, n))
		}
	}
	require.NoError(t, e.Retry(ctx, "job 5"))
	require.NoError(t, e.Close())
	require.True(t, markersIn(t, c.Store)[marker("typed", 5)])
}

func TestADoneJobKeepsARecord(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			err := errors.Join(a.Intend(ctx, "create"), a.Intend(ctx, "create"), a.Intend(ctx, "wait"),
				a.Do(ctx, "create", nil, func(context.Context) (any, error) { return "text", nil }))
			if a.Number < 3 {
				return errors.Join(err, errBroken)
			}
			return err
		})
		c.Replica = "left"
		e, _ := start(t, c)
		insert(t, e, newJob("a", "s"))
		waitIdle(t, e)
		for _, queue := range []string{"with the row of the queue", "without"} {
			d, err := e.Show(ctx, "a")
			require.NoError(t, err)
			require.Equal(t, []engine.Step{{Name: "create", Intended: 6, Done: true}, {Name: "wait", Intended: 3}}, d.Steps, queue)
			require.Equal(t, 2, d.Attempts, queue)
			require.True(t, strings.HasPrefix(d.Replica, "left"), queue)
			require.NoError(t, e.Exec(ctx, `DELETE FROM river_job`))
		}
		for _, table := range []string{"step", "intent"} {
			n, err := e.Count(ctx, table)
			require.NoError(t, err)
			require.Zero(t, n, table)
		}
		known, err := e.HasJob(ctx, "a")
		require.NoError(t, err)
		require.True(t, known, "it is not done again")
	})
}

func TestTextsThatAnOlderProgramLeavesAreErased(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		e := open(t, quickConfig(store, doNothing))
		require.NoError(t, e.Exec(ctx, `INSERT INTO command (id, conversation, payload, received, state, finished)
			VALUES ($1, $2, $3, $4, $5, $6)`, "a", "s", `"typed"`, 1, "done", time.Now().UnixMicro()))
		require.NoError(t, e.Exec(ctx, `INSERT INTO step (command, step, result) VALUES ($1, $2, $3)`, "a", "create", `"answered"`))
		e.EraseTraces(ctx)
		n, err := e.Count(ctx, `command WHERE payload <> 'null'`)
		require.NoError(t, err)
		require.Zero(t, n)
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, []engine.Step{{Name: "create", Done: true}}, d.Steps)
		require.NoError(t, e.Close())
	})
}

func TestAnOlderFileIsRewrittenWithoutTheTextsOfDoneJobs(t *testing.T) {
	t.Parallel()
	store := newFile(t)
	restore(t, store)
	content := func() []byte {
		text, err := os.ReadFile(store.File())
		require.NoError(t, err)
		return text
	}
	require.Contains(t, string(content()), `{"id":"r0"`)
	e := open(t, quickConfig(store, doNothing))
	require.False(t, bytes.Contains(content(), []byte(`{"id":"r0"`)), "done")
	require.True(t, bytes.Contains(content(), []byte(`{"id":"r1"`)), "unfinished")
	require.NoError(t, e.Close())
}

func TestForgottenJobsAreErasedAndCannotBeRetried(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ctx := context.Background()
		inside, release := make(chan struct{}), make(chan struct{})
		c := quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			err := a.Do(ctx, "plan", nil, func(context.Context) (any, error) { return "for " + a.ID, nil })
			if a.ID == "running" && a.Series == 1 {
				close(inside)
				<-release
			}
			return engine.GiveUp(errors.Join(err, errors.New("secret of "+a.ID)))
		})
		e, stop := start(t, c)
		insert(t, e, newJob("failed", "s"), newJob("other", "t"))
		waitIdle(t, e)
		insert(t, e, newJob("running", "s"))
		next(t, inside)
		i, err := engine.Inspect(ctx, store)
		require.NoError(t, err)
		defer func() { require.NoError(t, i.Close()) }()
		f, err := i.Forget(ctx, func(all map[string]engine.Said) []string {
			require.Len(t, all, 3)
			require.Contains(t, append(all["other"].Results, all["other"].Payload), json.RawMessage(`{}`))
			require.Contains(t, all["other"].Results, json.RawMessage(`"for other"`))
			return []string{"failed", "running"}
		})
		require.NoError(t, err)
		require.Equal(t, engine.Forgotten{Erased: 1, AtEnd: 1, Jobs: []string{"failed", "running"}}, f)
		close(release)
		waitIdle(t, e)
		stop()
		e = open(t, c) // nobody else does the maintenance
		defer func() { require.NoError(t, e.Close()) }()
		e.EraseTraces(ctx)
		for _, id := range []string{"failed", "running"} {
			require.ErrorContains(t, i.Retry(ctx, id), "it was forgotten")
			d, err := i.Show(ctx, id)
			require.NoError(t, err)
			require.Equal(t, engine.Failed, d.State)
			require.Equal(t, []engine.Step{{Name: "plan", Done: true}}, d.Steps)
			require.Empty(t, d.LastError)
		}
		n, err := e.Count(ctx, `step WHERE command <> 'other'`)
		require.NoError(t, err)
		require.Zero(t, n)
		d, err := i.Show(ctx, "other")
		require.NoError(t, err)
		require.Contains(t, d.LastError, "secret of other")
		require.NoError(t, i.Retry(ctx, "other"))
	})
}

// The queue has a row for each series, and a job leads to the last one only.
func TestErrorsOfEarlierSeriesAreErased(t *testing.T) {
	for _, end := range []string{"done", "forgotten", "retried by an older version"} {
		t.Run(end, func(t *testing.T) {
			onEach(t, func(t *testing.T, store engine.Address) {
				ctx := context.Background()
				failed := make(chan struct{}, 100)
				c := quickConfig(store, func(_ context.Context, a *engine.Attempt) error {
					if a.Series > 1 && end == "done" {
						return nil
					}
					failed <- struct{}{}
					return errors.New("answered-000001.")
				})
				c.BackoffFloor, c.BackoffCeiling = time.Hour, time.Hour
				e, stop := start(t, c)
				withErrors := func() int {
					n, err := e.Count(ctx, `river_job WHERE CAST(errors AS TEXT) LIKE '%answered%'`)
					require.NoError(t, err)
					return n
				}
				failOnce := func(series int) {
					next(t, failed)
					require.Eventually(t, func() bool { return withErrors() == 1 }, patience, time.Millisecond, "series %d", series)
					require.NoError(t, e.Cancel(ctx, "a"))
					waitIdle(t, e)
				}
				insert(t, e, newJob("a", "s"))
				failOnce(1)
				require.NoError(t, e.Retry(ctx, "a"))
				switch end {
				case "done":
					waitIdle(t, e)
				case "forgotten":
					failOnce(2)
					i, err := engine.Inspect(ctx, store)
					require.NoError(t, err)
					_, err = i.Forget(ctx, func(map[string]engine.Said) []string { return []string{"a"} })
					require.NoError(t, errors.Join(err, i.Close()))
				default:
					failOnce(2)
					require.NoError(t, e.Exec(ctx, `UPDATE command SET job = -1 WHERE id = 'a'`))
				}
				stop()
				e = open(t, c)
				e.PurgeAt(ctx, time.Now(), 0)
				e.EraseTraces(ctx)
				require.Zero(t, withErrors())
				if !store.IsPostgres() {
					require.Empty(t, markersIn(t, store))
				}
				require.NoError(t, e.Close())
			})
		})
	}
}

func TestForgetTellsWhatIsErasedWhereTheFileIsStillRead(t *testing.T) {
	t.Parallel()
	store := newFile(t)
	e, _ := start(t, quickConfig(store, func(context.Context, *engine.Attempt) error { return engine.GiveUp(errBroken) }))
	insert(t, e, newJob("failed", "s"))
	waitIdle(t, e)
	reader, err := sql.Open("sqlite", "file:"+store.File())
	require.NoError(t, err)
	defer func() { require.NoError(t, reader.Close()) }()
	tx, err := reader.Begin()
	require.NoError(t, err)
	var n int
	require.NoError(t, tx.QueryRow(`SELECT count(*) FROM command`).Scan(&n))
	i, err := engine.Inspect(context.Background(), store)
	require.NoError(t, err)
	defer func() { require.NoError(t, i.Close()) }()
	f, err := i.Forget(context.Background(), func(map[string]engine.Said) []string { return []string{"failed"} })
	require.ErrorContains(t, err, "another program reads the file")
	require.Equal(t, engine.Forgotten{Erased: 1, Jobs: []string{"failed"}}, f)
	require.NoError(t, tx.Rollback())
}
