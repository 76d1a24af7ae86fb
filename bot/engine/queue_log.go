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
	log     *zerolog.Logger
	at      time.Time
	message string
	fields  map[string]any
}

// logAt logs the problem. The queue's own fields stand under one key: it has an attempt as well.
func (p queueProblem) logAt(level zerolog.Level) {
	p.log.WithLevel(level).Interface("queue_fields", p.fields).Str("queue_says", p.message).Msg("job queue reported a problem")
}

// queueLog passes the queue's own log lines on: its errors to problems, for Engine.logQueueProblem;
// the rest only for debugging. Of warnings it logs a few a minute, since the queue repeats them at
// every poll. What goes wrong with a job is logged where the job is handled.
func queueLog(log *zerolog.Logger, problems chan<- queueProblem) *slog.Logger {
	sampled := log.Sample(&zerolog.LevelSampler{WarnSampler: &zerolog.BurstSampler{Burst: 3, Period: time.Minute}})
	return slog.New(&queueLogHandler{log: sampled, problems: problems})
}

func discardLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

type queueLogHandler struct {
	log      zerolog.Logger
	problems chan<- queueProblem
	attrs    []slog.Attr // of every line
}

func (h *queueLogHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *queueLogHandler) Handle(_ context.Context, r slog.Record) error {
	p := queueProblem{log: &h.log, at: r.Time, message: r.Message, fields: map[string]any{}}
	for _, a := range h.attrs {
		p.fields[a.Key] = a.Value.String()
	}
	r.Attrs(func(a slog.Attr) bool {
		p.fields[a.Key] = a.Value.String()
		return true
	})
	if r.Level >= slog.LevelError {
		select {
		case h.problems <- p:
			return nil
		default: // another one is waiting
		}
	}
	p.logAt(zerolog.DebugLevel)
	return nil
}

func (h *queueLogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &queueLogHandler{log: h.log, problems: h.problems, attrs: slices.Concat(h.attrs, attrs)}
}

func (h *queueLogHandler) WithGroup(string) slog.Handler { return h }
