package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

// onDatabases makes errands whose store is a PostgreSQL database: each has a copy of a store
// without commands, which takes a while to make, as in the errands whose store is a file.
func onDatabases(t *testing.T) func(*testing.T, checkpoint) *errand {
	t.Helper()
	server, store := postgrestest.NewServer(t)
	address, err := engine.ParseAddress(store)
	require.NoError(t, err)
	require.NoError(t, createStore(address))
	return func(t *testing.T, end checkpoint) *errand {
		t.Helper()
		return newErrandOn(t, end, server, server.Copy(t, store))
	}
}

func newErrandOn(t *testing.T, end checkpoint, server *postgrestest.Server, store string) *errand {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &databaseProxy{socket: server.Socket()}
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		g.connections.Wait() // the program has been killed by now
	})
	e := newErrand(t, end)
	e.watch.store = store
	g.watch = e.watch
	g.connections.Go(func() { g.serve(listener) })
	database, err := url.Parse(e.watch.store)
	require.NoError(t, err)
	e.amend(`"roombot.db"`, fmt.Sprintf(`"postgres://postgres@%s%s?sslmode=disable"`, listener.Addr(), database.Path))
	return e
}

// databaseProxy is between the program and its database. It reports each commit to the watch before
// it forwards it. To kill after a commit, it holds back the answer.
type databaseProxy struct {
	watch       *watch
	socket      string
	connections sync.WaitGroup
}

func (g *databaseProxy) serve(listener net.Listener) {
	for {
		program, err := listener.Accept()
		if err != nil {
			return
		}
		g.connections.Go(func() {
			defer program.Close()
			server, err := net.Dial("unix", g.socket)
			if err != nil {
				return // the program tries again
			}
			defer server.Close()
			l, _ := g.watch.currentLife()
			p := &proxyConnection{gate: g, life: l, program: program, server: server, statements: map[string]string{}}
			g.connections.Go(p.forwardToProgram)
			_ = p.forwardToServer() // one side or the other has hung up
		})
	}
}

// proxyConnection is one connection of the program to its database.
type proxyConnection struct {
	gate            *databaseProxy
	life            *life
	program, server net.Conn

	statements map[string]string // prepared, by name
	within     bool              // a transaction
	changed    []string          // by the transaction, or the statement, that is not committed yet

	mu   sync.Mutex // guards last
	last bool       // the commit under way: answers are kept back
}

var errDoomed = errors.New("the program is about to be killed")

// forwardToServer forwards the program's messages until it dies or disconnects.
func (p *proxyConnection) forwardToServer() error {
	from := bufio.NewReader(p.program)
	if err := p.forwardStartupMessage(from); err != nil {
		return err
	}
	for {
		kind, message, err := readPostgresMessage(from)
		if err != nil {
			return err
		}
		if _, doomed := p.gate.watch.currentLife(); doomed {
			<-p.life.ended
			return errDoomed
		}
		if p.endsTransaction(kind, message[5:]) {
			p.forwardCommit(message)
		} else if _, err := p.server.Write(message); err != nil {
			return err
		}
	}
}

// forwardStartupMessage forwards the first message, which has no kind.
func (p *proxyConnection) forwardStartupMessage(from *bufio.Reader) error {
	length, err := from.Peek(4)
	if err == nil {
		_, err = io.CopyN(p.server, from, int64(binary.BigEndian.Uint32(length)))
	}
	return err
}

// forwardToProgram forwards the server's messages.
func (p *proxyConnection) forwardToProgram() {
	from := bufio.NewReader(p.server)
	defer p.program.Close()
	for {
		kind, message, err := readPostgresMessage(from)
		if err != nil {
			return
		}
		p.mu.Lock()
		last := p.last
		p.mu.Unlock()
		switch {
		case !last:
			if _, err := p.program.Write(message); err != nil {
				return
			}
		case kind == 'Z': // ready for the next: it is committed
			_ = p.life.cmd.Process.Kill()
			<-p.life.ended
			return
		}
	}
}

// readPostgresMessage reads one message with its kind and length.
func readPostgresMessage(from *bufio.Reader) (kind byte, message []byte, err error) {
	message = make([]byte, 5)
	if _, err := io.ReadFull(from, message); err != nil {
		return 0, nil, err
	}
	message = append(message, make([]byte, binary.BigEndian.Uint32(message[1:])-4)...)
	_, err = io.ReadFull(from, message[5:])
	return message[0], message, err
}

// forwardCommit forwards a commit, unless the program is killed before.
func (p *proxyConnection) forwardCommit(message []byte) {
	what := strings.Join(p.changed, ", ")
	p.changed = nil
	l, before, after := p.gate.watch.recordEvent("commit of " + what)
	if before {
		_ = l.cmd.Process.Kill()
		<-l.ended
		return
	}
	if after {
		p.gate.watch.markDoomed(l)
		p.mu.Lock()
		p.last = true
		p.mu.Unlock()
	}
	_, _ = p.server.Write(message) // what comes next meets the error again
}

// endsTransaction tracks the program's messages and reports whether this one commits changes.
func (p *proxyConnection) endsTransaction(kind byte, message []byte) bool {
	switch kind {
	case 'Q': // a statement without arguments
		switch statement := strings.TrimRight(string(message), "\x00"); statement {
		case "begin", "rollback":
			p.within, p.changed = statement == "begin", nil
		case "commit":
			p.within = false
		default:
			p.recordChange(statement, nil)
		}
		return !p.within && len(p.changed) > 0
	case 'P':
		var parse pgproto3.Parse
		if parse.Decode(message) == nil {
			p.statements[parse.Name] = parse.Query
		}
	case 'B':
		var bind pgproto3.Bind
		if bind.Decode(message) == nil {
			p.recordChange(p.statements[bind.PreparedStatement], bind.Parameters)
		}
	case 'S': // the end of a statement
		return !p.within && len(p.changed) > 0
	}
	return false
}

// changingStatement matches writes of the engine and of its queue. Taking jobs from the queue is
// left out, since it is tried all the time.
var changingStatement = regexp.MustCompile(`^(INSERT INTO|UPDATE|DELETE FROM) (command|step|intent|claim|quota|question) |^-- name: (JobInsert|JobSetState)`)

func (p *proxyConnection) recordChange(statement string, arguments [][]byte) {
	found := changingStatement.FindStringSubmatch(statement)
	if found == nil || strings.Contains(statement, "ended by hand") { // which is looked for each minute
		return
	}
	verb := map[string]string{"INSERT INTO": "new", "UPDATE": "changed", "DELETE FROM": "deleted", "": found[3]}[found[1]]
	what := strings.TrimSpace(verb + " " + found[2])
	if (found[2] == "step" || found[2] == "intent") && len(arguments) > 1 { // else it concerns all steps
		what += " " + string(arguments[1])
	}
	if !slices.Contains(p.changed, what) {
		p.changed = append(p.changed, what)
	}
}

// Statements that concern all steps of a job, or have no arguments at all, are commits as well.
func TestTheDatabaseProxyReadsStatementsOfAnyShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		statement string
		arguments [][]byte
		want      []string
	}{
		{`INSERT INTO step (command, step, result) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)`, [][]byte{[]byte("m1"), []byte("plan")}, []string{"new step plan"}},
		{`DELETE FROM step WHERE command = $1`, [][]byte{[]byte("m1")}, []string{"deleted step"}},
		{`INSERT INTO step (command, step, result) SELECT id, '', payload FROM command`, nil, []string{"new step"}},
		{`DELETE FROM intent `, nil, []string{"deleted intent"}},
		{`UPDATE command SET payload = 'null'`, nil, []string{"changed command"}},
		{`SELECT step FROM step WHERE command = $1`, nil, nil},
	} {
		var p proxyConnection
		p.recordChange(c.statement, c.arguments)
		require.Equal(t, c.want, p.changed, c.statement)
	}
	p := proxyConnection{}
	require.True(t, p.endsTransaction('Q', []byte("UPDATE command SET payload = 'null'\x00")), "commits by itself")
	require.False(t, p.endsTransaction('Q', []byte("begin\x00")))
	require.False(t, p.endsTransaction('Q', []byte("DELETE FROM step WHERE true\x00")))
	require.True(t, p.endsTransaction('Q', []byte("commit\x00")))
}
