package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdio "io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"roombot/bot"
)

func statusCommand(io streams) *cobra.Command {
	var path string
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Show the health of a running bot",
		Long: `Reads the health page of a running bot (roombot.health.listen), on this machine
unless that names another, and prints whether the bot is ready, and if not why;
the datafeed, the session with Symphony, the queue, the version of the policy and
what is wrong with its text, what is paused, and how far the audit record is.

Exit codes: 0 ready, 1 not ready, 3 nothing answers.`,
		Example: "  bot status --config /etc/roombot/config.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := loadConfigWithoutPolicy(path)
			if err != nil {
				return err
			}
			return showStatus(cmd.Context(), io, healthPage(string(c.Roombot.Health.Listen)), asJSON)
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON, as /readyz has it")
	return c
}

// healthPage is the address of the health page of a bot that listens there.
func healthPage(listen string) string {
	if listen == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port) + "/readyz"
}

func showStatus(ctx context.Context, io streams, page string, asJSON bool) error {
	if page == "" {
		return exitError{exitNotFound, errors.New(`the bot has no health page: add "health": {"listen": "127.0.0.1:8081"} to roombot, and start it again`)}
	}
	h, raw, err := askHealth(ctx, page)
	if err != nil {
		return exitError{exitNotFound, err}
	}
	if asJSON {
		_, err = io.out.Write(raw)
	} else {
		err = printHealth(io.out, h, time.Now())
	}
	if err == nil && !h.Ready {
		err = exitError{exitFailed, errReported}
	}
	return err
}

// statusTimeout is longer than the health page waits for the store.
const statusTimeout = 10 * time.Second

// askHealth reads the health page, and returns its JSON too.
func askHealth(ctx context.Context, page string) (h bot.Health, raw []byte, err error) {
	raw, err = fetchPage(ctx, page)
	if err != nil {
		return bot.Health{}, nil, fmt.Errorf("no bot answers at %s: %w; start it with %s run, or look at its log", page, err, programName)
	}
	if err := json.Unmarshal(raw, &h); err != nil || h.Started.IsZero() {
		return bot.Health{}, nil, fmt.Errorf("something else than a bot answers at %s; look at roombot.health.listen", page)
	}
	return h, raw, nil
}

func fetchPage(ctx context.Context, page string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: the page is on this machine or network
	response, err := client.Do(request)
	if err != nil {
		return nil, errors.Unwrap(err) // without the address, which the caller's message has
	}
	defer response.Body.Close()
	return stdio.ReadAll(stdio.LimitReader(response.Body, 1<<20))
}

// printHealth prints a health page for people.
func printHealth(out stdio.Writer, h bot.Health, now time.Time) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, name+"\t"+format+"\n", args...) }
	if h.Ready {
		fmt.Fprintln(w, "✓ ready")
	} else {
		fmt.Fprintln(w, "✗ not ready")
	}
	for _, p := range h.Problems {
		fmt.Fprintf(w, "  %s\n    → %s\n", p, adviceFor(p))
	}
	row("Bot", "%s, since %s", h.Username, formatAgo(now, h.Started))
	row("Feed", "last read %s, lag %s, %d events, %d failures, %d feeds lost",
		formatAgo(now, h.Feed.LastRead), formatSeconds(h.Feed.LagSeconds), h.Feed.Events, h.Feed.Failures, h.Feed.Lost)
	row("Login", "last %s, %d in all, %d failed", formatAgo(now, h.Login.Last), h.Login.Logins, h.Login.Failed)
	pace := "no limit"
	if h.Calls.Pace > 0 {
		pace = fmt.Sprintf("%.1f a second at most, %d waiting", h.Calls.Pace, h.Calls.Waiting)
	}
	row("Calls", "%d retries, %d throttled, %s waited, pace: %s", h.Calls.Retries, h.Calls.Throttled, formatSeconds(h.Calls.WaitedSeconds), pace)
	if h.Queue.Answers {
		row("Queue", "%d waiting of %d at most, %d running, %d failed, oldest %s, replicas: %d",
			h.Queue.Queued, h.Queue.Limit, h.Queue.Running, h.Queue.Failed, formatSeconds(h.Queue.OldestSeconds), h.Queue.Replicas)
	}
	row("Policy", "%s", formatPolicy(h.Policy, now))
	for _, fault := range h.Policy.Faults {
		row("", "✗ %s", fault)
	}
	for _, replica := range slices.Sorted(maps.Keys(h.Policy.Versions)) {
		row("", "✗ replica %s decides by version %s", replica, h.Policy.Versions[replica])
	}
	for _, p := range h.Pauses {
		row("Paused", "%s", formatPause(p, now))
	}
	if h.Queue.Approvals > 0 {
		row("Approvals", "%d requests wait for one", h.Queue.Approvals)
	}
	if h.Queue.Held > 0 {
		row("Held", "%d requests, until the pause ends", h.Queue.Held)
	}
	if h.Queue.Answers {
		row("Record", "entry %d is the last, %d not in the chain yet", h.Record.Seq, h.Record.Unlinked)
	}
	row("Answers", "%s", formatCounts(h.Requests))
	return w.Flush()
}

func formatPolicy(p bot.PolicyHealth, now time.Time) string {
	text := "none: nobody may do anything but /help"
	if p.Version != "" {
		text = fmt.Sprintf("version %s, since %s", p.Version, formatAgo(now, p.Since))
	}
	if p.Faulty {
		text += "; a newer text is faulty and not used:"
	}
	return text
}

// adviceFor says what to do about a problem.
func adviceFor(problem string) string {
	for _, known := range []struct{ sign, what string }{
		{"signing in", "the log says why; " + programName + " check tests the key, the clock and the network"},
		{"feed", "the log says why; it is tried again and again; " + programName + " check tests the way to the agent"},
		{"store", "see to the disk or the database of roombot.store; the log has its error"},
		{"taken in", "it goes on by itself; if it happens often, raise roombot.limits.workers or look at Symphony's pace"},
		{"failing since", programName + " jobs list shows it, with its last error"},
		{"further", programName + " jobs list shows what waits, with its last error"},
	} {
		if strings.Contains(problem, known.sign) {
			return known.what
		}
	}
	return "the log says more"
}

func formatAgo(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return formatSeconds(now.Sub(t).Seconds()) + " ago"
}

func formatSeconds(seconds float64) string {
	d := time.Duration(max(seconds, 0) * float64(time.Second))
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func formatCounts(counts map[string]int) string {
	if len(counts) == 0 {
		return "none yet"
	}
	var all []string
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%d %s", counts[code], code))
	}
	return strings.Join(all, ", ")
}
