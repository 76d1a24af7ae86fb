package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestAStuckJobIsTakenBack(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newDatabase(t)
	e := open(t, quickConfig(store, doNothing))
	insert(t, e, newJob("lost", "s"), newJob("at work", "other"))
	require.NoError(t, e.Exec(ctx, `UPDATE river_job SET state = 'running', attempt = 1, attempted_by = '{somebody}',
		attempted_at = now() - CASE args->>'command' WHEN 'lost' THEN interval '81 s' ELSE '0' END`))
	require.NoError(t, e.Close())
	e, ran := startRecording(t, store)
	require.Equal(t, "lost", next(t, ran))
	d, err := e.Show(ctx, "at work")
	require.NoError(t, err)
	require.Equal(t, engine.Running, d.State)
}

func TestAJobRetriedDuringAPurgeKeepsItsSteps(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newDatabase(t)
	e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
		_, err := a.Claim(ctx, "key")
		done := a.Do(ctx, "create", nil, func(context.Context) (any, error) { return nil, nil })
		return engine.GiveUp(errors.Join(err, done, errBroken))
	}))
	insert(t, e, newJob("a", "s"))
	waitIdle(t, e)
	conn, err := pgx.Connect(ctx, store.Reveal())
	require.NoError(t, err)
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx) // holds the purge up in its middle
	require.NoError(t, err)
	_, err = tx.Exec(ctx, `SELECT FROM claim FOR UPDATE`)
	require.NoError(t, err)
	waiting := func(least int) bool {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		return err == nil && n >= least
	}
	purged, retried := make(chan error, 1), make(chan error, 1)
	go func() { purged <- e.Purge(ctx, time.Now()) }()
	require.Eventually(t, func() bool { return waiting(1) }, patience, 10*time.Millisecond)
	go func() { retried <- e.Retry(ctx, "a") }()
	require.Eventually(t, func() bool { return waiting(2) || len(retried) > 0 }, patience, 10*time.Millisecond)
	require.NoError(t, tx.Rollback(ctx))
	require.NoError(t, next(t, purged))
	if next(t, retried) == nil {
		d, err := e.Show(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, []engine.Step{{Name: "create", Done: true}}, d.Steps)
	}
}

func TestASchemaInASharedDatabaseIsEnough(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	first := open(t, quickConfig(store, doNothing))
	require.NoError(t, first.Exec(context.Background(), `CREATE SCHEMA apart`))
	done := make(chan string, 2)
	apart := parse(t, store.Reveal()+"&search_path=apart")
	e, _ := start(t, quickConfig(apart, func(_ context.Context, a *engine.Attempt) error { done <- a.ID; return nil }))
	insert(t, e, newJob("a", "s"))
	require.Equal(t, "a", next(t, done))
	n, err := first.Count(context.Background(), "command")
	require.NoError(t, err)
	require.Zero(t, n, "the other schema is not used")
	require.NoError(t, first.Close())
}

func TestDeletedRowsAreVacuumedWithoutAutovacuum(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := newDatabase(t)
	e := open(t, quickConfig(store, doNothing))
	insert(t, e, newJob("a", "s"))
	e.EraseTraces(ctx)
	require.NoError(t, e.Close())
	conn, err := pgx.Connect(ctx, store.Reveal())
	require.NoError(t, err)
	defer conn.Close(ctx)
	vacuumed := func() bool {
		var tables int
		err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_user_tables WHERE vacuum_count > 0
			AND relname IN ('command', 'step', 'intent', 'claim', 'quota', 'river_job')`).Scan(&tables)
		return err == nil && tables == 6
	}
	require.Eventually(t, vacuumed, patience, 10*time.Millisecond)
}
