package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
)

// ErrDamaged says that the file of a store is damaged.
var ErrDamaged = errors.New("the file is damaged")

// damageCheckTimeout bounds the look for damage, which reads the whole file. A file that takes
// longer counts as whole.
const damageCheckTimeout = 5 * time.Second

// CheckDamage looks for damage in the file of an SQLite store; it returns an [ErrDamaged].
func (i *Inspector) CheckDamage(ctx context.Context) error {
	if i.address.IsPostgres() {
		return nil
	}
	if err := checkDamage(ctx, i.store); err != nil {
		return fmt.Errorf("inspect the store %s: %w", i.address, err)
	}
	return nil
}

// checkDamage looks for damage in an SQLite file, for a limited time.
func checkDamage(ctx context.Context, r runner) error {
	limited, cancel := context.WithTimeout(ctx, damageCheckTimeout)
	defer cancel()
	var found string
	_, err := queryRow(limited, r, []any{&found}, `PRAGMA quick_check(1)`)
	switch err = damageError(err); {
	case errors.Is(err, ErrDamaged):
		return err
	case limited.Err() != nil && ctx.Err() == nil:
		return nil // it takes too long
	case err != nil:
		return fmt.Errorf("look for damage: %w", err)
	case found != "ok":
		return fmt.Errorf("%w: %s", ErrDamaged, redactSecrets(found))
	}
	return nil
}

// damageError adds ErrDamaged to an error by which the database says so.
func damageError(err error) error {
	const corrupt = 11
	if said, ok := errors.AsType[*sqlite.Error](err); ok && said.Code()&0xff == corrupt {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
