package bot

import (
	"context"

	"roombot/bot/engine"
)

// LinkedEntries gives the entries of the audit record that are numbered above a number, the oldest
// first; the newest ones where there are more than the limit.
func (b *Bot) LinkedEntries(ctx context.Context, after int64, limit int) (all []engine.StoredEntry, err error) {
	head, err := b.engine.Head(ctx)
	if err != nil {
		return nil, err
	}
	filter := engine.EntryFilter{After: max(after, head.Seq-int64(limit))}
	err = b.engine.ListEntries(ctx, filter, func(s engine.StoredEntry) error {
		if s.Seq == 0 || s.Seq > head.Seq { // those that are not linked come last
			return engine.ErrStop
		}
		all = append(all, s)
		return nil
	})
	return all, err
}
