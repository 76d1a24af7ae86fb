package engine

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// The names of tables and columns are a stored format: replicas of different versions share one
// database. They are older than the words of the glossary:
//
//	command           a job; command.job is its id in river_job, command.failing the number of
//	                  deliveries at its last failure, command.retries how often it was retried,
//	                  command.journal the newest version of the journal that has worked on it
//	step, claim       a result of a step, a claim; their column command is the id of the job. On SQLite
//	                  the step without a name is the payload, see sqlite_traces.go
//	command.record    a record, of a job whose payload and steps were erased
//	command.forget    1 where they are to be erased at the job's end, even if it fails
//	intent            an intention; n counts those of a step
//	replica           a process, from Open to Close; dead is when the others missed it
//	replica.label     what it says about itself to the others, see SetLabel; empty on SQLite
//	note              a value that all replicas share
//	command.owner     whom the job counts for, empty for jobs of older programs
//	quota             a job that counts against a quota since a time; key names the quota
//	command.lane      the Lane of the job in its conversation
//	command.failing_since  when the first of the attempts failed that have failed since the job was
//	                  last put off as planned; 0 where the last attempt has not failed
//	command.held      the kind of a job that waits for the end of a pause, ? for one that waits for
//	                  an answer; empty for others
//	question          what a job asks people, and the answer that counts
//	permit            what somebody asks people to be let do, and what they have decided; see permit.go
//	note pauses       the pauses in force, see pause.go
//	act               what an operator did from the shell, until it is reported
//	audit             the audit record, a chain: linked entries are added and, when they are too old,
//	                  removed from its beginning
//	audit_unlinked    entries that are stored and not linked yet; place is their order
//	audit_facts       what is personal beside an entry; blanks where it was erased
//	river_*           the tables of the queue; river_job has a row for each job and series

// migration is one step of the schema: the queue's own tables up to a version, then ours. Published
// ones never change.
type migration struct {
	queue      int // version of the queue's tables; 0 leaves them alone
	statements []string
	// payloadInStep are statements for stores that keep payloads there.
	payloadInStep []string
}

// migrations in order; the version of a store is how many were applied. The statements are common
// to SQLite and PostgreSQL. Times are microseconds since 1970.
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
	}}, {statements: []string{
		`ALTER TABLE command ADD COLUMN retries BIGINT NOT NULL DEFAULT 0`,
		`CREATE INDEX command_failing ON command (job) WHERE state = 'failing'`,
		`CREATE TABLE replica (
			id BIGINT PRIMARY KEY, replica TEXT NOT NULL, name TEXT NOT NULL, seen BIGINT NOT NULL, dead BIGINT
		)`,
	}}, {statements: []string{
		`CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
	}}, {statements: []string{
		// An older program beside this one inserts without it.
		`ALTER TABLE command ADD COLUMN journal BIGINT NOT NULL DEFAULT 0`,
	}}, {statements: []string{
		// An older program beside this one inserts without an owner.
		`ALTER TABLE command ADD COLUMN owner TEXT NOT NULL DEFAULT ''`,
		`CREATE TABLE quota (command TEXT PRIMARY KEY, key TEXT NOT NULL, at BIGINT NOT NULL)`,
		`CREATE INDEX quota_key ON quota (key, at)`,
		`CREATE TABLE act (at BIGINT NOT NULL, operator TEXT NOT NULL, act TEXT NOT NULL, command TEXT NOT NULL)`,
	}}, {statements: []string{
		// An older program beside this one leaves it empty, and what its done jobs say.
		`ALTER TABLE command ADD COLUMN record TEXT NOT NULL DEFAULT ''`,
		`ALTER TABLE command ADD COLUMN forget BIGINT NOT NULL DEFAULT 0`,
		`CREATE INDEX command_unerased ON command (id) WHERE record = '' AND (state = 'done' OR state = 'failed' AND forget = 1)`,
	}, payloadInStep: []string{
		`INSERT INTO step (command, step, result) SELECT id, '', payload FROM command WHERE state <> 'done'`,
		`UPDATE command SET payload = 'null' WHERE state <> 'done'`,
	}}, {statements: []string{
		// An older program beside this one has every job wait for those of other lanes as well.
		`ALTER TABLE command ADD COLUMN lane BIGINT NOT NULL DEFAULT 0`,
		`ALTER TABLE command ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0`,
	}}, {statements: []string{
		// An older program beside this one stores no entries.
		`CREATE TABLE audit (
			seq INTEGER PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, request TEXT NOT NULL, part TEXT NOT NULL, actor BIGINT NOT NULL,
			room TEXT NOT NULL, body TEXT NOT NULL, facts_hash BYTEA, prev BYTEA NOT NULL, hash BYTEA NOT NULL
		)`,
		`CREATE UNIQUE INDEX audit_request ON audit (request, part)`,
		`CREATE INDEX audit_at ON audit (at)`,
		`CREATE INDEX audit_room ON audit (room) WHERE room <> ''`,
		`CREATE TABLE audit_unlinked (
			place BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, request TEXT NOT NULL, part TEXT NOT NULL, actor BIGINT NOT NULL,
			room TEXT NOT NULL, body TEXT NOT NULL, facts_hash BYTEA, PRIMARY KEY (request, part)
		)`,
		`CREATE TABLE audit_facts (
			request TEXT NOT NULL, part TEXT NOT NULL, at BIGINT NOT NULL, salt BYTEA NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (request, part)
		)`,
		`CREATE INDEX audit_facts_at ON audit_facts (at)`,
	}}, {statements: []string{
		// An older program beside this one knows no pauses, and frees what is held.
		`ALTER TABLE command ADD COLUMN held TEXT NOT NULL DEFAULT ''`,
		`CREATE INDEX command_held ON command (owner) WHERE held <> '' AND finished IS NULL`,
		`INSERT INTO note (name, value) VALUES ('pauses', '[]') ON CONFLICT (name) DO NOTHING`,
	}}, {statements: []string{
		// An older program beside this one says nothing.
		`ALTER TABLE replica ADD COLUMN label TEXT NOT NULL DEFAULT ''`,
	}}, {statements: []string{
		// An older program beside this one asks nobody, and frees what waits for an answer.
		`CREATE TABLE question (
			command TEXT NOT NULL, n BIGINT NOT NULL, owner TEXT NOT NULL, asked BIGINT NOT NULL, until BIGINT NOT NULL, text TEXT NOT NULL,
			answer TEXT NOT NULL DEFAULT '', answered BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (command, n)
		)`,
		`CREATE INDEX question_open ON question (asked) WHERE answered = 0`,
	}}, {statements: []string{
		// An older program beside this one lets nobody do what a permit says.
		`CREATE TABLE permit (
			n BIGINT PRIMARY KEY, owner TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, detail TEXT NOT NULL, cards TEXT NOT NULL DEFAULT '[]',
			asked BIGINT NOT NULL, times BIGINT NOT NULL DEFAULT 1, state TEXT NOT NULL, decided BIGINT NOT NULL DEFAULT 0, decider TEXT NOT NULL DEFAULT '',
			until BIGINT NOT NULL DEFAULT 0, once BIGINT NOT NULL DEFAULT 0, command TEXT NOT NULL, told BIGINT NOT NULL DEFAULT 0
		)`,
		`CREATE UNIQUE INDEX permit_asked ON permit (owner, key) WHERE state = 'asked'`,
		`CREATE INDEX permit_owner ON permit (owner) WHERE state IN ('granted', 'used')`,
		`CREATE INDEX permit_until ON permit (until) WHERE state = 'granted'`,
	}}, {statements: []string{
		// An older program beside this one gives no reason.
		`ALTER TABLE act ADD COLUMN reason TEXT NOT NULL DEFAULT ''`,
	}}}
}

// migrate brings the store to the newest version, which replicas that start together do one after
// the other. The queue's own migrations are transactions of their own, since some of them must not
// share one; after a crash it goes on where it stopped.
func migrate[T any](ctx context.Context, s store, driver riverdriver.Driver[T]) error {
	return s.runExclusively(ctx, func(ctx context.Context) error {
		all := migrations()
		version, err := schemaVersion(ctx, s)
		if err != nil {
			return fmt.Errorf("read the schema's version: %w", err)
		}
		if version > len(all) {
			return newerSchema(version)
		}
		for n, m := range all[version:] {
			if err := applyMigration(ctx, s, m, driver, version+n+1); err != nil {
				return fmt.Errorf("migrate to version %d: %w", version+n+1, err)
			}
		}
		return nil
	})
}

func newerSchema(version int) error {
	return fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, version, len(migrations()))
}

func schemaVersion(ctx context.Context, s store) (version int, err error) {
	if _, err := s.exec(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)`); err != nil {
		return 0, err
	}
	_, err = queryRow(ctx, s, []any{&version}, `SELECT coalesce(max(version), 0) FROM schema_version`)
	return version, err
}

func applyMigration[T any](ctx context.Context, s store, m migration, driver riverdriver.Driver[T], version int) error {
	if m.queue > 0 {
		migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: m.queue})
		if err != nil {
			return err
		}
	}
	return s.write(ctx, func(ctx context.Context, tx runner) error {
		statements := m.statements
		if s.dialect().payloadInStep {
			statements = slices.Concat(statements, m.payloadInStep)
		}
		for _, statement := range statements {
			if _, err := tx.exec(ctx, statement); err != nil {
				return err
			}
		}
		_, err := tx.exec(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, version)
		return err
	})
}
