package bot

import (
	"cmp"
	"context"
	"errors"

	"github.com/rs/zerolog"
)

// sift marks the commands of a batch that are too many for their conversation.
// They are kept like all others, so that they are known when they come again,
// but in a line of their own, and only the first of a flood has anything done
// for it: it is answered.
func (b *Bot) sift(ctx context.Context, arrived []arrival) (map[string]line, error) {
	more, lines := map[string]int{}, map[string]line{}
	for _, a := range arrived {
		more[a.in.conversation()]++
	}
	for conversation, n := range more {
		l, err := b.lineOf(ctx, conversation, n)
		if err != nil {
			return nil, err
		}
		lines[conversation] = l
	}
	for i := range arrived {
		a := &arrived[i]
		l := lines[a.in.conversation()]
		switch {
		case a.in.Missed: // of hours, and nobody's flood
			l.open, l.last = l.open+1, a.id
		case !l.admit(a.id, b.bounds.PerConversation):
			l.last = cmp.Or(l.last, a.id)
			a.in.Surplus = l.last
			if err := b.tellOnce(ctx, &l, a); err != nil {
				return nil, err
			}
		}
		lines[a.in.conversation()] = l
	}
	return lines, nil
}

// tellOnce chooses the first surplus command of a flood to tell of all. One that
// the store knows already has had its turn.
func (b *Bot) tellOnce(ctx context.Context, l *line, a *arrival) error {
	if a.spare = l.told == l.last; a.spare {
		return nil
	}
	known, err := b.engine.Known(ctx, a.id)
	if err == nil && !known {
		l.told = l.last
	}
	return err
}

// errSpare marks a surplus command that needs no answer: another one of its flood
// was answered for all.
var errSpare = errors.New("another surplus command was answered")

// claimed is errSpare for a surplus command that is not the first of its flood.
func (w *work) claimed(ctx context.Context) error {
	if w.in.Surplus == "" {
		return nil
	}
	owner, err := w.Claim(ctx, "surplus/"+w.in.conversation()+"/"+w.in.Surplus)
	switch {
	case err != nil:
		return err
	case owner != w.ID:
		return errSpare
	}
	zerolog.Ctx(ctx).Warn().Int64("user", int64(w.in.From.ID)).Str("stream", string(w.in.Stream)).
		Msg("a conversation has too many commands waiting; more are left out")
	return nil
}
