package engine

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/rs/zerolog"
)

// queueProblem is an error that the queue has logged.
type queueProblem struct {
	log    *zerolog.Logger
	at     time.Time
	says   string
	fields map[string]any
}

// queueLog passes the queue's own log lines on: its errors to whoever looks into them, a few a minute, since it repeats them at every
// poll; the rest only for debugging. What went wrong with a command is logged where it is handled.
func queueLog(log *zerolog.Logger, doubts chan<- queueProblem) *slog.Logger {
	sampled := log.Sample(&zerolog.LevelSampler{WarnSampler: &zerolog.BurstSampler{Burst: 3, Period: time.Minute}})
	return slog.New(&logHandler{log: sampled, doubts: doubts})
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

type logHandler struct {
	log    zerolog.Logger
	doubts chan<- queueProblem
	attrs  []slog.Attr // of every line
}

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	p := queueProblem{log: &h.log, at: r.Time, says: r.Message, fields: map[string]any{}}
	for _, a := range h.attrs {
		p.fields[a.Key] = a.Value.String()
	}
	r.Attrs(func(a slog.Attr) bool {
		p.fields[a.Key] = a.Value.String()
		return true
	})
	if r.Level >= slog.LevelError {
		select {
		case h.doubts <- p:
			return nil
		default: // one is being looked into
		}
	}
	h.log.Debug().Interface("queue_fields", p.fields).Str("queue_says", p.says).Msg("job queue reported a problem")
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{log: h.log, doubts: h.doubts, attrs: slices.Concat(h.attrs, attrs)}
}

func (h *logHandler) WithGroup(string) slog.Handler { return h }
