// Package postgrestest gives tests PostgreSQL servers and databases of their own.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// shared is the server that ROOMBOT_TEST_POSTGRES names, or else one of our own, which Stop ends.
var shared = sync.OnceValues(func() (*Server, error) {
	if given := os.Getenv("ROOMBOT_TEST_POSTGRES"); given != "" {
		return &Server{url: given}, nil
	}
	s, err := createServer()
	own.Store(s)
	return s, err
})

var (
	own       atomic.Pointer[Server]
	databases atomic.Int64
)

// Server is a PostgreSQL server in a folder of its own, reached through a socket in it.
type Server struct {
	url     string // of its database postgres
	folder  string // empty when somebody else runs it
	command string // pg_ctl
}

var errNoServer = errors.New("PostgreSQL's initdb and pg_ctl are neither in PATH nor in /usr/lib/postgresql")

func createServer() (*Server, error) {
	initdb, control, err := findBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "roombot-pg")
	if err != nil {
		return nil, err
	}
	if err := chownToPostgres(folder); err != nil {
		return nil, err
	}
	made := &Server{folder: folder, command: control, url: "postgres:///postgres?user=postgres&host=" + url.QueryEscape(folder)}
	if err := runAsPostgres(initdb, "-D", made.data(), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"); err != nil {
		return nil, err
	}
	return made, made.Start()
}

// Stop ends the server of Database, if there is one. A TestMain calls it.
func Stop() {
	if s := own.Load(); s != nil {
		s.remove()
	}
}

func (s *Server) remove() {
	_ = s.Stop("immediate") // perhaps it is down already
	_ = os.RemoveAll(s.folder)
}

// Socket is where the server listens.
func (s *Server) Socket() string { return filepath.Join(s.folder, ".s.PGSQL.5432") }

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// Start starts it again. It leaves out fsync, which a crash of the server needs none of: what was
// written is in the kernel's hands, and only a crash of the machine would lose it.
func (s *Server) Start() error {
	return runAsPostgres(s.command, "-D", s.data(), "-w", "-t", "300", "-l", filepath.Join(s.folder, "log"),
		"-o", "-c listen_addresses= -c max_connections=1000 -c fsync=off -k "+s.folder, "start")
}

// Stop in the mode "immediate" is a crash: nothing is written that has not been committed.
func (s *Server) Stop(mode string) error {
	return runAsPostgres(s.command, "-D", s.data(), "-w", "-t", "300", "-m", mode, "stop")
}

func findBinaries() (initdb, control string, err error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, folder := range slices.Backward(folders) {
		initdb, control = filepath.Join(folder, "initdb"), filepath.Join(folder, "pg_ctl")
		if _, err := exec.LookPath(control); err == nil {
			return initdb, control, nil
		}
	}
	initdb, missing := exec.LookPath("initdb")
	control, other := exec.LookPath("pg_ctl")
	if missing != nil || other != nil {
		return "", "", errNoServer
	}
	return initdb, control, nil
}

// runAsPostgres runs a program as the user postgres if we are root, as whom PostgreSQL refuses to
// run.
func runAsPostgres(name string, args ...string) error {
	if os.Getuid() == 0 {
		args = append([]string{"-u", "postgres", "--", name}, args...)
		name = "runuser"
	}
	c := exec.Command(name, args...)
	c.Dir = "/"
	output, err := os.CreateTemp("", "roombot-pg") // the server would keep a pipe open
	if err != nil {
		return err
	}
	defer os.Remove(output.Name())
	defer output.Close()
	c.Stdout, c.Stderr = output, output
	if err := c.Run(); err != nil {
		text, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return nil
}

func chownToPostgres(folder string) error {
	if os.Getuid() != 0 {
		return nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return err
	}
	return os.Chown(folder, uid, -1)
}

// Database makes an empty database on a server that all tests of the process share.
func Database(t testing.TB) (store string) {
	t.Helper()
	s, err := shared()
	return createDatabase(t, s, err)
}

// NewServer starts a server that the test may break, and makes an empty database on it.
func NewServer(t testing.TB) (s *Server, store string) {
	t.Helper()
	s, err := createServer()
	if s != nil {
		t.Cleanup(s.remove)
	}
	return s, createDatabase(t, s, err)
}

// Copy makes another database with what one of this server holds, to which nobody may be connected.
func (s *Server) Copy(t testing.TB, store string) (another string) {
	t.Helper()
	from, err := url.Parse(store)
	require.NoError(t, err)
	return s.createDatabase(t, strings.TrimPrefix(from.Path, "/"))
}

func createDatabase(t testing.TB, s *Server, err error) string {
	t.Helper()
	if errors.Is(err, errNoServer) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	require.NoError(t, err)
	return s.createDatabase(t, "template0") // to which nobody is connected
}

func (s *Server) createDatabase(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("roombot_%d_%d", os.Getpid(), databases.Add(1))
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url)
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	require.NoError(t, err)
	require.NoError(t, conn.Close(ctx))
	store, err := url.Parse(s.url)
	require.NoError(t, err)
	store.Path = "/" + name
	if s.folder == "" {
		t.Cleanup(func() { dropDatabase(t, s, name) })
	}
	return store.String()
}

// Exec runs a statement in a database on a connection of its own.
func Exec(t testing.TB, store, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, store)
	require.NoError(t, err)
	_, err = conn.Exec(ctx, statement)
	require.NoError(t, err)
	require.NoError(t, conn.Close(ctx))
}

func dropDatabase(t testing.TB, s *Server, name string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.url)
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	require.NoError(t, err)
	require.NoError(t, conn.Close(ctx))
}
