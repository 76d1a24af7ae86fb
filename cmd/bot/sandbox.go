package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"roombot/bot"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/control"
	"roombot/symphony/sandbox/page"
	"roombot/symphony/sandbox/world"
)

// sandboxFlags are what the user chose.
type sandboxFlags struct {
	listen  string
	noBot   bool
	dir     string
	say     string
	wait    time.Duration
	open    bool
	asJSON  bool
	verbose bool
	state   string
	seed    int64
	strings bool
	load    podLoad
}

// podLoad is how the pod is made slow and large for trials.
type podLoad struct {
	crowd, groups, rooms int
	rtt, visibility      time.Duration
}

func sandboxCommand(io streams) *cobra.Command {
	var f sandboxFlags
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Try it: a Symphony pod, the bot and a chat page, on this machine only",
		Long: `Starts a Symphony pod in memory, the bot, and a page to chat with it. Nothing
needs to be set up and nothing leaves this machine. The bot works as on a real
pod: it signs in with an RSA key, reads its datafeed and calls the REST API.

Every bot can use the pod, in any language: with --no-bot it runs alone, and
--dir keeps the key and a configuration for it in a folder.

With --say the exit code is 1 where the bot refused or did not answer.

It is for trying and testing, not for production: whoever reaches the page can
speak as anybody.`,
		Example: `  bot sandbox
  bot sandbox --say 'bob: /newroom "Q2 Earnings" @alice group:"Test Group"'
  bot sandbox --no-bot --dir ./pod        # and, elsewhere: bot run --config ./pod/config.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.checkUsage(cmd.Flags().Changed("wait")); err != nil {
				return err
			}
			if f.say != "" && !cmd.Flags().Changed("listen") {
				f.listen = "127.0.0.1:0" // one message needs no known address
			}
			ctx, stop := stopOnHangup(cmd.Context())
			defer stop()
			return runSandbox(ctx, io, f)
		},
	}
	f.register(c)
	return c
}

func (f *sandboxFlags) checkUsage(waits bool) error {
	switch l := f.load; {
	case f.say != "" && f.noBot:
		return usageError("--say needs the bot: leave --no-bot out")
	case f.say == "" && (f.asJSON || waits):
		return usageError("--wait and --json belong to --say, which is not there")
	case l.crowd < 0 || l.groups < 0 || l.rooms < 0:
		return usageError("--crowd, --crowd-groups and --crowd-rooms cannot be negative")
	case l.groups > world.MostCrowdGroups:
		return usageError("--crowd-groups %d: write at most %d", l.groups, world.MostCrowdGroups)
	case l.crowd == 0 && l.groups+l.rooms > 0:
		return usageError("--crowd-groups and --crowd-rooms: there is no crowd; write --crowd too")
	}
	return nil
}

func (f *sandboxFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8787", "address of the pod and the page, on this machine")
	flags.BoolVar(&f.noBot, "no-bot", false, "start the pod and the page only")
	flags.StringVar(&f.dir, "dir", "", "folder for the key, config.json and the bot's store (default: a temporary one)")
	flags.StringVar(&f.say, "say", "", "send one message, print the conversation and exit: 'bob: /newroom …'")
	flags.DurationVar(&f.wait, "wait", 20*time.Second, "with --say: how long to wait for the answer")
	flags.BoolVar(&f.asJSON, "json", false, "with --say: print the conversation as JSON")
	flags.BoolVar(&f.open, "open", false, "open the page in the browser")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "log what the bot does")
	flags.StringVar(&f.state, "state", "", "file that keeps the pod between runs")
	flags.Int64Var(&f.seed, "seed", 1, "makes the faults' chances repeatable")
	flags.BoolVar(&f.strings, "strict-form-values", false, "send every value of a form as text, as the Python kit up to 2.11 wants it")
	flags.IntVar(&f.load.crowd, "crowd", 0, "employees besides the people of the tour, for trials under load")
	flags.IntVar(&f.load.groups, "crowd-groups", 0, "distribution lists of the crowd")
	flags.IntVar(&f.load.rooms, "crowd-rooms", 0, "rooms of the crowd")
	flags.DurationVar(&f.load.rtt, "rtt", 0, "round trip of the network, added to every call of the bot")
	flags.DurationVar(&f.load.visibility, "visibility", 0, "after how long events that were not acknowledged come again (default 30s, as Symphony)")
	completeFolders(c, "dir")
}

func runSandbox(ctx context.Context, io streams, f sandboxFlags) (err error) {
	listener, err := listen(f.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	home, err := openHome(f.dir, listener.Addr().(*net.TCPAddr))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, home.close()) }()
	pod, err := sandbox.New(sandbox.Config{
		BotKey: home.key.Public(), BotUsername: botName, StateFile: f.state, Seed: f.seed, StrictFormValues: f.strings,
		Crowd: f.load.crowd, CrowdGroups: f.load.groups, CrowdRooms: f.load.rooms, RTT: f.load.rtt, Visibility: f.load.visibility,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pod.Close()) }()
	return home.serve(ctx, io, f, pod, listener)
}

// serve serves the pod and runs the bot on it, until ctx ends or what --say says is answered.
func (h *home) serve(ctx context.Context, io streams, f sandboxFlags, pod *sandbox.Pod, listener net.Listener) error {
	live := &liveBot{grown: make(chan struct{}, 1)}
	shown := control.Config{AtWork: live.atWork, Page: page.Handler()}
	if !f.noBot {
		shown.Record = live.record
	}
	handler := control.New(pod, shown)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serve(ctx, listener, handler) })
	listening := make(chan struct{})
	if !f.noBot {
		heard := sync.OnceFunc(func() { close(listening) })
		extras := botExtras{live: func(b *bot.Bot) { live.Store(b); heard(); live.noteGrowth() }, grown: live.noteGrowth}
		group.Go(func() error { return h.runBot(ctx, io, f.verbose, extras) })
		group.Go(func() error { live.showRecord(ctx, handler); return nil })
	}
	group.Go(func() error {
		if !f.noBot && !waitFor(ctx, listening) {
			return nil
		}
		if f.say == "" {
			printWelcome(io, h, f)
			return nil
		}
		defer stop()
		return say(ctx, io, h.address, f)
	})
	return group.Wait()
}

// liveBot is the bot of this process, once there is one.
type liveBot struct {
	atomic.Pointer[bot.Bot]
	grown chan struct{} // holds a token when the bot's record may have grown
}

// atWork reports whether the bot has something left to do.
func (l *liveBot) atWork() bool {
	b := l.Load()
	if b == nil {
		return false
	}
	q := b.Health(context.Background()).Queue
	return !q.Answers || q.Queued+q.Running > 0
}

// waitFor waits for an event, and reports whether it came before ctx ended.
func waitFor(ctx context.Context, event <-chan struct{}) bool {
	select {
	case <-event:
		return true
	case <-ctx.Done():
		return false
	}
}

// listen takes an address of this machine only: whoever reaches the page can
// speak as anybody.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, usageError("--listen %q: write host:port, such as 127.0.0.1:8787", address)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usageError("--listen %q: the sandbox is for this machine only; write 127.0.0.1:8787", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w; another one may be running: stop it, or choose a free port with --listen 127.0.0.1:0", err)
	}
	return l, nil
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func printWelcome(io streams, h *home, f sandboxFlags) {
	fmt.Fprintf(io.out, `Roombot sandbox: a Symphony pod on this machine. Not for production.

  Page      %s
`, h.address)
	if f.noBot {
		fmt.Fprintf(io.out, `  Bot       none; start one with   %s run --config %s
`, programName, filepath.Join(h.dir, "config.json"))
	} else {
		fmt.Fprint(io.out, `  Try       open the page, choose who you are, and type
            /newroom "Q2 Earnings" @alice group:"Test Group"
`)
	}
	fmt.Fprintf(io.out, `  Policy    %s: who may do what
            edit it while the bot runs; ops, its administrator, is told of each change
`, h.findPolicy())
	if !f.noBot {
		fmt.Fprint(io.out, `  Why       as kim, type /newroom Gap; Developer, Decisions on the page shows which
            rule refused it, live, and the audit record
`)
	}
	if !h.temporary {
		fmt.Fprintf(io.out, "  Folder    %s (key pair, config.json, policy.yaml, store)\n", h.dir)
	}
	fmt.Fprint(io.out, "  Stop      Ctrl-C\n")
	if f.open {
		if err := openBrowser(h.address); err != nil {
			fmt.Fprintln(io.err, programName+": the browser could not be opened:", err)
		}
	}
}

func openBrowser(address string) error {
	command := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	if command == "" {
		command = "xdg-open"
	}
	return exec.Command(command, address).Start()
}
