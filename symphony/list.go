package symphony

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/rs/zerolog"
)

// list is a list of an answer. It is read entry by entry, so that one that cannot be read costs
// none of the others.
type list[T any] struct {
	entries []T
	// unreadable has an error for each entry that was left out.
	unreadable []error
}

// identified is an entry that is of no use without its id.
type identified interface{ hasID() bool }

var errNoID = errors.New("an entry of the list has no id")

func (l *list[T]) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*l = list[T]{}
	for _, r := range raw {
		var entry T
		err := json.Unmarshal(r, &entry)
		if named, ok := any(entry).(identified); ok && err == nil && !named.hasID() {
			err = errNoID
		}
		if err != nil {
			l.unreadable = append(l.unreadable, err)
			continue
		}
		l.entries = append(l.entries, entry)
	}
	return nil
}

// size is how many entries the answer had, those that could not be read included.
func (l list[T]) size() int { return len(l.entries) + len(l.unreadable) }

// noteUnreadable counts and logs the entries of an answer that were left out.
func (c *Client) noteUnreadable(ctx context.Context, op Operation, unreadable []error) {
	if len(unreadable) == 0 {
		return
	}
	c.counts.unreadable.Add(int64(len(unreadable)))
	zerolog.Ctx(ctx).Warn().Err(unreadable[0]).Str("operation", op.String()).Int("entries", len(unreadable)).
		Msg("entries of an answer could not be read and were left out")
}
