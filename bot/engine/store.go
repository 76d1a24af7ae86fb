package engine

import (
	"context"
	"errors"
	"time"
)

// writeTimeout bounds one transaction, so that a full or hanging disk becomes an error.
const writeTimeout = 15 * time.Second

// store is the database under the engine: SQLite or PostgreSQL. Nothing else knows which one it is;
// what they say differently is in their dialect.
type store interface {
	runner // for reads
	dialect() *dialect

	// write runs a transaction and returns once it is on disk. Like writeStatement it does not stop
	// when ctx ends: what is written has often happened already. ErrOutOfOrder says that nobody can
	// write at present.
	write(ctx context.Context, t transaction) error

	// writeStatement runs one statement that writes, and returns once its effect is on disk. row
	// may be nil where no rows come back.
	writeStatement(ctx context.Context, row func(scan) error, statement string, args ...any) error

	// runExclusively runs do while no other process does so on the same store.
	runExclusively(ctx context.Context, do func(context.Context) error) error

	// eraseTraces has the store's files forget what was deleted, as far as the store can. It is not
	// done while somebody else reads.
	eraseTraces(ctx context.Context) (done bool, err error)

	// countCommits counts the transactions since the store was opened.
	countCommits() int64

	close() error
}

// transaction is the statements of one transaction. It may be run twice, so it must not keep
// anything from its first run.
type transaction func(ctx context.Context, tx runner) error

// scan copies the columns of a row.
type scan = func(dest ...any) error

// runner runs statements, with $1 and so on in the order of their appearance.
type runner interface {
	exec(ctx context.Context, statement string, args ...any) (changed int64, err error)
	query(ctx context.Context, row func(scan) error, statement string, args ...any) error

	// execMany runs one statement for many sets of arguments, in one round trip where the database
	// has any. row may be nil where no rows come back.
	execMany(ctx context.Context, row func(n int, s scan) error, statement string, args [][]any) error
}

// queryRow reads a single row; false when there is none.
func queryRow(ctx context.Context, r runner, dest []any, statement string, args ...any) (found bool, err error) {
	err = r.query(ctx, func(s scan) error {
		found = true
		return s(dest...)
	}, statement, args...)
	return found && err == nil, err
}

// dialect is what SQLite and PostgreSQL say differently.
type dialect struct {
	now            string // microseconds since 1970 by the database's clock
	stamp          string // the same moment as river_job has it
	stampAfter     string // so many seconds (%s) after that moment
	lockText       string // statement that has other transactions on the same text wait; empty where there are none
	shareLock      string // keeps the selected row as it is until the transaction ends
	stampIn        string // so many microseconds ($1) after that moment
	stampOf        func(time.Time) any
	fetch          string        // statement that marks up to $2 jobs that are ready as running by the replica $1
	addError       string        // the errors of a river_job with another one, $2
	queueArgs      string        // the text $1 as the arguments of a river_job
	queueState     string        // the text $4 as the state of one
	token          string        // column of river_job that tells two deliveries of a job apart
	newToken       func() any    // pointer to one
	failures       string        // number of failed attempts of a river_job j
	lastError      string        // text of the last of them
	lastReplica    string        // replica of the last attempt of a river_job j
	size           string        // statement that returns how many bytes the tables take
	triggers       string        // statement that lists the triggers and the rules on the tables: what it is, its name, its table
	recordSchema   string        // statement that lists the indexes of the audit record, on SQLite also its tables, as schemaItem has them
	tracesEvery    time.Duration // how often what was deleted is removed from the files
	payloadInStep  bool          // payloads are kept in table step under payloadStep
	stuckCondition string        // true of a running river_job older than $1 microseconds; empty where none can be left behind
}

func (d *dialect) isSQLite() bool { return d == sqliteDialect }

// ErrOutOfOrder says that nobody can use the store at present. The engine itself logs when that
// begins, each minute, and when it ends.
var ErrOutOfOrder = errors.New("store is out of order")

// outageError is an ErrOutOfOrder with its cause.
type outageError struct{ cause error }

func (e *outageError) Error() string        { return e.cause.Error() }
func (e *outageError) Unwrap() error        { return e.cause }
func (e *outageError) Is(target error) bool { return target == ErrOutOfOrder }
