package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/rs/zerolog"
)

// queueLog passes the queue's own log lines on: its errors as warnings, a few a minute, since it repeats them at every poll
// while the disk is full; the rest only for debugging. What went wrong with a command is logged where it is handled.
func queueLog(log *zerolog.Logger) *slog.Logger {
	sampled := log.Sample(&zerolog.LevelSampler{WarnSampler: &zerolog.BurstSampler{Burst: 3, Period: time.Minute}})
	return slog.New(&logHandler{log: sampled})
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

type logHandler struct{ log zerolog.Logger }

func (h *logHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn
}

func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	event := h.log.Debug()
	if r.Level >= slog.LevelError {
		event = h.log.Warn()
	}
	r.Attrs(func(a slog.Attr) bool {
		event.Str(a.Key, a.Value.String())
		return true
	})
	event.Str("queue_says", r.Message).Msg("job queue reported a problem")
	return nil
}

func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	fields := h.log.With()
	for _, a := range attrs {
		fields = fields.Str(a.Key, a.Value.String())
	}
	return &logHandler{log: fields.Logger()}
}

func (h *logHandler) WithGroup(string) slog.Handler { return h }
