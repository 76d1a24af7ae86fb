package engine

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// maxStatements bounds the compiled statements of a connection; the queue and this package have
// some forty.
const maxStatements = 128

// cachingConnector opens connections that compile each statement once. Half of the time of a job
// went into compiling the queue's long statements again and again, since it passes them as text.
type cachingConnector struct{ driver.Connector }

func (c cachingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := opened.(plainConn)
	if !ok {
		return nil, fmt.Errorf("connection %T cannot keep statements", opened)
	}
	return &cachingConn{plainConn: plain, statements: map[string]*statement{}}, nil
}

// plainConn is what the connections of the database can do.
type plainConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// cachingConn keeps compiled statements. As any connection it is used by one goroutine at a time.
type cachingConn struct {
	plainConn
	statements map[string]*statement
}

type statement struct {
	driver.Stmt
	busy bool // its rows are being read
}

// Close drops the statements with the connection.
func (c *cachingConn) Close() error {
	for query, s := range c.statements {
		_ = s.Close() // the connection's own error tells more
		delete(c.statements, query)
	}
	return c.plainConn.Close()
}

func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s := c.statement(ctx, query)
	if s == nil {
		return c.plainConn.ExecContext(ctx, query, args)
	}
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		c.dropStatement(query)
	}
	return result, err
}

func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s := c.statement(ctx, query)
	if s == nil {
		return c.plainConn.QueryContext(ctx, query, args)
	}
	read, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		c.dropStatement(query)
		return nil, err
	}
	s.busy = true
	return &rows{Rows: read, statement: s}, nil
}

// statement is the compiled form of query; nil when there is none that can be used now.
func (c *cachingConn) statement(ctx context.Context, query string) *statement {
	if s, ok := c.statements[query]; ok {
		if s.busy {
			return nil
		}
		return s
	}
	if len(c.statements) >= maxStatements {
		return nil
	}
	compiled, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil // executing the text gives the same error, or runs a script
	}
	_, execs := compiled.(driver.StmtExecContext)
	_, queries := compiled.(driver.StmtQueryContext)
	if !execs || !queries {
		_ = compiled.Close()
		return nil
	}
	s := &statement{Stmt: compiled}
	c.statements[query] = s
	return s
}

// dropStatement drops a statement that has failed, whatever state that left it in.
func (c *cachingConn) dropStatement(query string) {
	_ = c.statements[query].Close() // it repeats the error of the failure
	delete(c.statements, query)
}

type rows struct {
	driver.Rows
	statement *statement
}

func (r *rows) Close() error {
	r.statement.busy = false
	return r.Rows.Close()
}
