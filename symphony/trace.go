package symphony

import (
	"context"
	"math/rand/v2"
	"strings"
)

type traceKey struct{}

const traceLength = 6

// WithTraceID makes the calls under ctx carry id as their X-Trace-Id. An id that is not six letters
// and digits is ignored, and each call has one of its own.
func WithTraceID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, traceKey{}, id)
}

// NewTraceID is a random id that WithTraceID takes.
func NewTraceID() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, traceLength)
	for i := range b {
		b[i] = letters[rand.IntN(len(letters))]
	}
	return string(b)
}

func traceID(ctx context.Context) string {
	id, _ := ctx.Value(traceKey{}).(string)
	if len(id) != traceLength || strings.ContainsFunc(id, func(r rune) bool { return !isAlphanumeric(r) }) {
		return NewTraceID()
	}
	return id
}
