package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"
)

// Pages are /healthz (the process is alive), /readyz (it can do its work: 200, or 503 with the
// problems) and /metrics for Prometheus.
func (b *Bot) Pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", b.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.metrics.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	return mux
}

func (b *Bot) readyz(w http.ResponseWriter, r *http.Request) {
	h := b.Health(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if !h.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // who asked has left
}

// pageTimeouts are how long a connection with a health page may keep the bot busy.
type pageTimeouts struct {
	header  time.Duration // until a request's header is there
	request time.Duration // until all of a request is there
	answer  time.Duration // until the answer to it is written
	idle    time.Duration // until the next request
}

// defaultPageTimeouts let Prometheus keep its connection from one look to the next.
func defaultPageTimeouts() pageTimeouts {
	return pageTimeouts{header: 5 * time.Second, request: 10 * time.Second, answer: 30 * time.Second, idle: 2 * time.Minute}
}

func newPageServer(pages http.Handler, t pageTimeouts) *http.Server {
	const maxHeader = 16 << 10
	return &http.Server{
		Handler: pages, ReadHeaderTimeout: t.header, ReadTimeout: t.request, WriteTimeout: t.answer, IdleTimeout: t.idle,
		MaxHeaderBytes: maxHeader,
	}
}

// servePages serves the pages until ctx ends.
func (b *Bot) servePages(ctx context.Context) error {
	if b.health == "" {
		return nil
	}
	listener, err := net.Listen("tcp", b.health)
	if err != nil {
		return fmt.Errorf("health page: %w", err)
	}
	zerolog.Ctx(ctx).Info().Str("address", listener.Addr().String()).Msg("health page listening")
	server := newPageServer(b.Pages(), defaultPageTimeouts())
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health page: %w", err)
	}
	return nil
}
