package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// Occupy keeps everybody from writing to a store until release is called, as another program on the file or a change of its tables
// would. It is for trials of outages.
func Occupy(ctx context.Context, place string) (release func() error, err error) {
	occupy := occupyFile
	if isPostgres(place) {
		occupy = occupyDatabase
	}
	if release, err = occupy(ctx, place); err != nil {
		return nil, fmt.Errorf("occupy the store %s: %w", shown(place), err)
	}
	return release, nil
}

// occupyFile holds the lock that the one writer of the file needs.
func occupyFile(ctx context.Context, file string) (func() error, error) {
	db, err := openDB(file, url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)"}})
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// occupyDatabase holds the table that every step of a command looks at.
func occupyDatabase(ctx context.Context, place string) (func() error, error) {
	config, err := poolConfig(Config{Store: place, Workers: 1})
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	p, err := connect(ctx, config, writeTimeout)
	if err != nil {
		return nil, err
	}
	lasting := context.WithoutCancel(ctx)
	tx, err := p.pool.Begin(lasting)
	if err == nil {
		_, err = tx.Exec(lasting, `LOCK TABLE river_job IN ACCESS EXCLUSIVE MODE`)
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return func() error { return errors.Join(tx.Rollback(lasting), p.close()) }, nil
}
