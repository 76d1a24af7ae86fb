package engine

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// migration is one step of the schema: the queue's own tables up to a version, then ours. Published ones never change.
type migration struct {
	queue      int // version of the queue's tables; 0 leaves them alone
	statements []string
}

// migrations in order; the file's version is the number applied. The statements are common to SQLite and PostgreSQL.
// Times are microseconds since 1970.
func migrations() []migration {
	return []migration{{queue: 7, statements: []string{
		`CREATE TABLE command (
			id TEXT PRIMARY KEY,
			conversation TEXT NOT NULL,
			payload TEXT NOT NULL,
			received BIGINT NOT NULL,
			state TEXT NOT NULL,
			job BIGINT NOT NULL DEFAULT 0,
			failing BIGINT NOT NULL DEFAULT 0,
			cause TEXT NOT NULL DEFAULT '',
			finished BIGINT
		)`,
		`CREATE INDEX command_open ON command (conversation, job) WHERE finished IS NULL`,
		`CREATE INDEX command_finished ON command (finished, id) WHERE finished IS NOT NULL`,
		`CREATE INDEX command_failed ON command (finished) WHERE state = 'failed'`,
		`CREATE TABLE step (
			command TEXT NOT NULL, step TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (command, step)
		)`,
		`CREATE TABLE intent (
			command TEXT NOT NULL, step TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (command, step, n)
		)`,
		`CREATE TABLE claim (key TEXT PRIMARY KEY, command TEXT NOT NULL)`,
		`CREATE INDEX claim_command ON claim (command)`,
	}}}
}

// migrate brings the file to the newest version in one transaction. A current file costs two reads.
func (s *store) migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx]) error {
	if _, err := s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`); err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	var version int
	err := s.db.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM schema_version`).Scan(&version)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	all := migrations()
	if version > len(all) {
		return fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, version, len(all))
	}
	if version == len(all) {
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for n, m := range all[version:] {
			if err := m.apply(ctx, tx, driver, version+n+1); err != nil {
				return fmt.Errorf("migrate to version %d: %w", version+n+1, err)
			}
		}
		return nil
	})
}

func (m migration) apply(ctx context.Context, tx *sql.Tx, driver riverdriver.Driver[*sql.Tx], version int) error {
	if m.queue > 0 {
		migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: discard()})
		if err != nil {
			return err
		}
		_, err = migrator.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: m.queue})
		if err != nil {
			return err
		}
	}
	for _, statement := range m.statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, version)
	return err
}
