package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Health is whether the bot can do its job, as told at /readyz.
type Health struct {
	Ready    bool      `json:"ready"`
	Started  time.Time `json:"started"`
	LastRead time.Time `json:"lastRead,omitzero"` // when a read of the feed last completed
	Queued   int       `json:"queued"`            // commands waiting
	Running  int       `json:"running"`           // commands being carried out
	Failed   int       `json:"failed"`            // commands that ended without success
	Problem  string    `json:"problem,omitempty"`
}

// stale is how old the last completed read may be: Symphony parks a read for
// about 20 s, and a slow one is given up after 45 s.
const stale = 90 * time.Second

// Health reads the state of the feed and the store.
func (b *Bot) Health(ctx context.Context) Health {
	h := Health{Started: b.started, LastRead: b.feed.LastRead()}
	stats, err := b.engine.Stats(ctx)
	h.Queued, h.Running, h.Failed = stats.Queued, stats.Running, stats.Failed
	since := h.LastRead
	if since.IsZero() {
		since = h.Started
	}
	switch {
	case err != nil:
		h.Problem = "the store does not answer"
	case time.Since(since) > stale:
		h.Problem = "the feed has not been read since " + since.UTC().Format(time.RFC3339)
	case b.feed.Stats().Feed == "":
		h.Problem = "there is no feed yet"
	default:
		h.Ready = true
	}
	return h
}

// serveHealth answers /healthz (the process is alive) and /readyz (it can do
// its job) until ctx ends.
func (b *Bot) serveHealth(ctx context.Context) error {
	if b.health == "" {
		return nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		h := b.Health(r.Context())
		w.Header().Set("Content-Type", "application/json")
		if !h.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(h)
	})
	listener, err := net.Listen("tcp", b.health)
	if err != nil {
		return fmt.Errorf("health page: %w", err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health page: %w", err)
	}
	return nil
}
