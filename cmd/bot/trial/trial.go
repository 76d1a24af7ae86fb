// Package trial runs a pod and one bot or several, each a process of its own, as in production, for
// measuring them and for trying to break them. It knows the pod by its control API alone.
package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// Setup describes a trial.
type Setup struct {
	// Dir keeps keys, configurations, stores and logs; empty for a folder that
	// Close removes.
	Dir  string
	Pod  PodSetup
	Bots BotSetup
}

// PodSetup is how the pod is configured.
type PodSetup struct {
	Crowd      int           // employees besides the people of the tour
	Groups     int           // distribution lists of the crowd
	Rooms      int           // rooms of the crowd
	RTT        time.Duration // round trip of the network, on each call of the bots
	Visibility time.Duration // after how long unacknowledged events come again; 0 for the pod's own
	Seed       int64         // of the faults' dice
}

// BotSetup is how the bots are configured.
type BotSetup struct {
	Program     string         // path of the program that runs them; empty for this one
	Count       int            // replicas; 0 for one
	Store       engine.Address // a database for all of them; zero for a file each
	HTTPTimeout time.Duration  // roombot.httpTimeout
	SearchLag   time.Duration  // roombot.searchLag
	Workers     int            // roombot.limits.workers; 0 for the default
	Bounded     bool           // the bounds on waiting requests are the default ones; else there are none that matter
	Policy      []byte         // text of the policy's file, which may be replaced; nil for a policy that lets everybody do everything
	GrantDay    time.Duration  // how long a grant for a day is good; 0 for a day
	CPUProfile  string         // file for a CPU profile of the bot, which is written when it is stopped; empty for none
	LogLevel    string         // roombot.log.level; above info the address of the health page is not known
}

// Trial is a pod and bots that run. Close ends them.
type Trial struct {
	Pod  *client.Client
	Bots []*Bot

	dir       string
	temporary bool
	pod       *process
}

// Start starts the pod and the bots. The bots receive nothing until WaitUntilReady has returned.
// From then on a reader of the output that goes away is a failed write, not the process's end:
// that would leave the children and the folder behind.
func Start(ctx context.Context, s Setup) (*Trial, error) {
	signal.Ignore(syscall.SIGPIPE)
	t := &Trial{dir: s.Dir}
	var err error
	if t.dir == "" {
		t.temporary = true
		t.dir, err = os.MkdirTemp("", "roombot-trial-")
	} else {
		err = os.MkdirAll(t.dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("trial folder: %w", err)
	}
	if err = t.startPod(ctx, s.Pod); err == nil {
		err = t.startBots(s.Bots)
	}
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Trial) startPod(ctx context.Context, s PodSetup) error {
	args := []string{
		"sandbox", "--no-bot", "--listen", "127.0.0.1:0", "--dir", t.dir,
		"--crowd", fmt.Sprint(s.Crowd), "--crowd-groups", fmt.Sprint(s.Groups), "--crowd-rooms", fmt.Sprint(s.Rooms), "--rtt", s.RTT.String(), "--seed", fmt.Sprint(s.Seed),
	}
	if s.Visibility > 0 {
		args = append(args, "--visibility", s.Visibility.String())
	}
	address, p, err := startServer(ctx, args)
	if err != nil {
		return err
	}
	t.pod, t.Pod = p, client.New(address)
	return nil
}

// policyFile is the name of the file that the bots read their policy from.
const policyFile = "policy.json"

// PolicyFile is the path of the policy's file.
func (t *Trial) PolicyFile() string { return filepath.Join(t.dir, policyFile) }

// WritePolicy replaces the policy's file as a whole.
func (t *Trial) WritePolicy(text []byte) error {
	next := t.PolicyFile() + ".next"
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	return os.Rename(next, t.PolicyFile())
}

func (t *Trial) startBots(s BotSetup) error {
	if s.Policy != nil {
		if err := t.WritePolicy(s.Policy); err != nil {
			return err
		}
	}
	for n := range max(1, s.Count) {
		b := newBot(fmt.Sprintf("bot-%d", n+1), t.dir, s.Program)
		if s.GrantDay > 0 {
			b.flags = append(b.flags, "--grant-day", s.GrantDay.String())
		}
		if s.CPUProfile != "" {
			b.flags = append(b.flags, "--cpu-profile", s.CPUProfile)
		}
		b.Store = cmp.Or(s.Store, engine.FileAddress(filepath.Join(t.dir, b.Name+".db")))
		if err := s.writeConfig(filepath.Join(t.dir, "config.json"), b.configFile(), b.Name); err != nil {
			return err
		}
		if err := b.Start(); err != nil {
			return err
		}
		t.Bots = append(t.Bots, b)
	}
	return nil
}

// WaitUntilReady waits until a bot reads a feed: it receives what is said from then on.
func (t *Trial) WaitUntilReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		feeds, err := t.Pod.Feeds(ctx)
		for _, f := range feeds {
			if f.Readers > 0 {
				return nil
			}
		}
		for _, b := range t.Bots {
			if !b.IsAlive() {
				return fmt.Errorf("%s ended at its start: %s", b.Name, b.lastLogLine())
			}
		}
		if err == nil {
			err = Pause(ctx, 20*time.Millisecond)
		}
		if err != nil {
			return fmt.Errorf("wait for the bot's feed: %w", err)
		}
	}
}

// StoreSize is how many bytes the stores of the bots take.
func (t *Trial) StoreSize(ctx context.Context) (bytes int64, err error) {
	seen := map[engine.Address]bool{}
	for _, b := range t.Bots {
		if seen[b.Store] {
			continue
		}
		seen[b.Store] = true
		size, err := engine.StoreSize(ctx, b.Store)
		if err != nil {
			return 0, err
		}
		bytes += size
	}
	return bytes, nil
}

// Close kills the processes and removes a temporary folder.
func (t *Trial) Close() error {
	for _, b := range t.Bots {
		b.Kill()
	}
	if t.pod != nil {
		t.Pod.Close()
		t.pod.kill()
	}
	if t.temporary {
		return os.RemoveAll(t.dir)
	}
	return nil
}

// Pause waits, unless ctx ends before.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
