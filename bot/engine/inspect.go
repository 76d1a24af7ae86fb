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
	jobAdmin
	address Address
}

// Inspect opens a store to look at it, and changes nothing by itself: a store that is not there, or
// is of another version, is an error.
func Inspect(ctx context.Context, address Address) (*Inspector, error) {
	i := &Inspector{address: address}
	open := i.openFile
	if address.IsPostgres() {
		open = i.openDatabase
	}
	if err := open(ctx); err != nil {
		return nil, fmt.Errorf("inspect the store %s: %w", address, err)
	}
	if err := i.checkVersion(ctx); err != nil {
		_ = i.Close() // the first error tells more
		return nil, fmt.Errorf("inspect the store %s: %w", address, err)
	}
	return i, nil
}

func (i *Inspector) openDatabase(ctx context.Context) error {
	config, err := poolConfig(i.address, 1)
	if err != nil {
		return err
	}
	p, err := connect(ctx, config, writeTimeout)
	if err != nil {
		return err
	}
	i.store = p
	i.queue, err = newQueue(newDriver(riverpgxv5.New(p.pool), riverpgxv5.New(p.pool).GetListener), nativePostgres,
		&river.Config{Logger: discardLog()})
	return err
}

func (i *Inspector) openFile(context.Context) error {
	if err := checkRegularFile(i.address.File()); err != nil {
		return err
	}
	db, err := openDB(i.address.File(), url.Values{"mode": {"ro"}, "_pragma": {busyTimeout, "query_only(1)"}})
	if err != nil {
		return err
	}
	i.store = newSQLiteStore(db)
	return nil
}

func (i *Inspector) checkVersion(ctx context.Context) error {
	var version int
	if _, err := queryRow(ctx, i.store, []any{&version}, `SELECT max(version) FROM schema_version`); err != nil {
		if isMissingTable(err) {
			return ErrEmpty
		}
		return err
	}
	switch known := len(migrations()); {
	case version > known:
		return newerSchema(version)
	case version < known:
		return ErrOlder
	}
	return nil
}

// isMissingTable reports whether the error is that of a missing table.
func isMissingTable(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "42P01" || pg.Code == "3F000" // undefined table, undefined schema
	}
	return strings.Contains(err.Error(), "no such table")
}

// Retry is Engine.Retry. On SQLite it needs the file for itself: ErrLocked when a bot is running.
func (i *Inspector) Retry(ctx context.Context, id string) error {
	return i.change(ctx, func(a *jobAdmin) error { return a.Retry(ctx, id) })
}

// Cancel is Engine.Cancel. On SQLite it needs the file for itself: ErrLocked when a bot is running.
func (i *Inspector) Cancel(ctx context.Context, id string) error {
	return i.change(ctx, func(a *jobAdmin) error { return a.Cancel(ctx, id) })
}

func (i *Inspector) change(ctx context.Context, change func(*jobAdmin) error) error {
	if i.address.IsPostgres() {
		return change(&i.jobAdmin)
	}
	unused := func(context.Context, *Attempt) error { return nil } // the engine does not run
	e, err := Open(ctx, Config{Store: i.address, Workers: 1, Handle: unused})
	if errors.Is(err, ErrLocked) {
		return fmt.Errorf("%w; stop the bot, repeat this, and start it again", err)
	}
	if err != nil {
		return err
	}
	return errors.Join(change(&e.jobAdmin), e.Close())
}

// Close ends the inspection.
func (i *Inspector) Close() error { return i.store.close() }
