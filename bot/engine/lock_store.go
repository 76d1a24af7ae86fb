package engine

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// LockStore keeps everybody from writing to a store until release is called, as another program on
// the file or a change of its tables would. It is for trials of outages.
func LockStore(ctx context.Context, address Address) (release func() error, err error) {
	lock := lockSQLite
	if address.IsPostgres() {
		lock = lockPostgres
	}
	if release, err = lock(ctx, address); err != nil {
		return nil, fmt.Errorf("lock the store %s: %w", address, err)
	}
	return release, nil
}

// lockSQLite holds the lock that the one writer of the file needs.
func lockSQLite(ctx context.Context, address Address) (func() error, error) {
	db, err := openDB(address.File(), url.Values{"_txlock": {"immediate"}, "_pragma": {busyTimeout}})
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// lockPostgres holds the table that every step of a job reads.
func lockPostgres(ctx context.Context, address Address) (func() error, error) {
	config, err := poolConfig(address, 1)
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
