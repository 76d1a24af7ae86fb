package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Inspector looks into a store on which other processes may be at work.
type Inspector struct {
	ledger
	file string // of SQLite, else empty
}

// Inspect opens a store to look at it, and changes nothing by itself: a store that is not there, or is of another version, is an error.
func Inspect(ctx context.Context, place string) (*Inspector, error) {
	i := &Inspector{}
	open := i.openFile
	if isPostgres(place) {
		open = i.openDatabase
	}
	if err := open(ctx, place); err != nil {
		return nil, fmt.Errorf("inspect the store %s: %w", shown(place), err)
	}
	if err := i.checkVersion(ctx); err != nil {
		_ = i.Close() // the first error tells more
		return nil, fmt.Errorf("inspect the store %s: %w", shown(place), err)
	}
	return i, nil
}

func (i *Inspector) openDatabase(ctx context.Context, place string) error {
	config, err := poolConfig(Config{Store: place, Workers: 1})
	if err != nil {
		return err
	}
	p, err := connect(ctx, config, writeTimeout)
	if err != nil {
		return err
	}
	i.store = p
	i.queue, err = newQueue(newDriver(riverpgxv5.New(p.pool), riverpgxv5.New(p.pool).GetListener), nativePostgres,
		&river.Config{Logger: discard()})
	return err
}

func (i *Inspector) openFile(_ context.Context, file string) error {
	db, err := openDB(file, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "query_only(1)"}})
	if err != nil {
		return err
	}
	i.file = file
	i.store = &sqliteStore{sqlRunner: sqlRunner{db}, db: db, turn: make(chan struct{}, 1)}
	return nil
}

func (i *Inspector) checkVersion(ctx context.Context) error {
	var version int
	if _, err := one(ctx, i.store, []any{&version}, `SELECT max(version) FROM schema_version`); err != nil {
		if absent(err) {
			return ErrEmpty
		}
		return err
	}
	switch known := len(migrations()); {
	case version > known:
		return newer(version)
	case version < known:
		return ErrOlder
	}
	return nil
}

// absent reports whether the error is that of a missing table.
func absent(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "42P01" || pg.Code == "3F000" // undefined table, undefined schema
	}
	return strings.Contains(err.Error(), "no such table")
}

// Retry is Engine.Retry. On SQLite it needs the file for itself: ErrLocked when a bot is running.
func (i *Inspector) Retry(ctx context.Context, id string) error {
	return i.change(ctx, func(l *ledger) error { return l.Retry(ctx, id) })
}

// Cancel is Engine.Cancel. On SQLite it needs the file for itself: ErrLocked when a bot is running.
func (i *Inspector) Cancel(ctx context.Context, id string) error {
	return i.change(ctx, func(l *ledger) error { return l.Cancel(ctx, id) })
}

func (i *Inspector) change(ctx context.Context, change func(*ledger) error) error {
	if i.file == "" {
		return change(&i.ledger)
	}
	e, err := Open(ctx, Config{Store: i.file, Handle: func(context.Context, *Attempt) error { return nil }}) // Handle is never called
	if errors.Is(err, ErrLocked) {
		return fmt.Errorf("%w; stop the bot, repeat this, and start it again", err)
	}
	if err != nil {
		return err
	}
	return errors.Join(change(&e.ledger), e.Close())
}

// Close ends the inspection.
func (i *Inspector) Close() error { return i.store.close() }
