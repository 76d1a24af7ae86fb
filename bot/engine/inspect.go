package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Inspector looks into a store on which other processes may be at work.
type Inspector struct {
	jobAdmin
	address Address
}

// Inspect opens a store to look at it, and changes nothing by itself: a store that is not there, or
// is of another version, is an error.
func Inspect(ctx context.Context, address Address) (*Inspector, error) {
	i, err := openInspector(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := i.checkVersion(ctx); err != nil {
		_ = i.Close() // the first error tells more
		return nil, fmt.Errorf("inspect the store %s: %w", address, damageError(err))
	}
	return i, nil
}

func openInspector(ctx context.Context, address Address) (*Inspector, error) {
	i := &Inspector{address: address}
	open := i.openFile
	if address.IsPostgres() {
		open = i.openDatabase
	}
	if err := open(ctx); err != nil {
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
	i.queue = queue{dialect: p.dialect()}
	return nil
}

func (i *Inspector) openFile(context.Context) error {
	if err := checkRegularFile(i.address.File()); err != nil {
		return err
	}
	db, err := openDB(i.address.File(), url.Values{"mode": {"ro"}, "_pragma": {busyTimeout, "query_only(1)"}})
	if err != nil {
		return err
	}
	i.store = newSQLiteStore(db, db)
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

// Retry is Engine.Retry; a bot that is running on the store carries it out.
func (i *Inspector) Retry(ctx context.Context, id string) error {
	return i.change(func(a *jobAdmin) error { return a.Retry(ctx, id) })
}

// Cancel is Engine.Cancel; a bot that is running on the store carries it out.
func (i *Inspector) Cancel(ctx context.Context, id string) error {
	return i.change(func(a *jobAdmin) error { return a.Cancel(ctx, id) })
}

// Pause is Engine.Pause; all processes on the store keep it.
func (i *Inspector) Pause(ctx context.Context, p Pause) (earlier *Pause, err error) {
	err = i.change(func(a *jobAdmin) (err error) {
		earlier, err = a.Pause(ctx, p)
		return err
	})
	return earlier, err
}

// Resume is Engine.Resume; a bot that is running on the store goes on within a second.
func (i *Inspector) Resume(ctx context.Context, kind string) (ended []Pause, freed int, err error) {
	err = i.change(func(a *jobAdmin) (err error) {
		ended, freed, err = a.Resume(ctx, kind)
		return err
	})
	return ended, freed, err
}

// RevokePermit ends a permit that is good. It reports false where it is not.
func (i *Inspector) RevokePermit(ctx context.Context, n int64, entry func(Permit) RecordEntry) (p Permit, revoked bool, err error) {
	err = i.change(func(a *jobAdmin) (err error) {
		p, revoked, err = a.RevokePermit(ctx, n, "", entry)
		return err
	})
	return p, revoked, err
}

// change opens a file for writing, beside the bot that has it: the database lets one transaction in
// at a time, of whichever process.
func (i *Inspector) change(change func(*jobAdmin) error) error {
	if i.address.IsPostgres() {
		return change(&i.jobAdmin)
	}
	db, err := openDB(i.address.File(), url.Values{
		"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": {busyTimeout, "synchronous(FULL)", secureDelete},
	})
	if err != nil {
		return err
	}
	s := newSQLiteStore(db, db)
	err = change(&jobAdmin{store: s, queue: queue{dialect: s.dialect()}})
	return errors.Join(err, s.close())
}

// Close ends the inspection.
func (i *Inspector) Close() error { return i.store.close() }

// StoreSize is how many bytes the tables of a store of any version and their indexes take, without
// the database's log of writes.
func StoreSize(ctx context.Context, address Address) (bytes int64, err error) {
	i, err := openInspector(ctx, address)
	if err != nil {
		return 0, err
	}
	_, err = queryRow(ctx, i.store, []any{&bytes}, i.store.dialect().size)
	if err = errors.Join(err, i.Close()); err != nil {
		return 0, fmt.Errorf("size of the store: %w", err)
	}
	return bytes, nil
}
