package bot

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/symphony"
)

// KnownNames are the accounts and groups that the names of the policy stood for when they were last
// found, by whichever process. Names are folded.
type KnownNames struct {
	Users  map[string]int64  `json:"users,omitempty"`
	Groups map[string]string `json:"groups,omitempty"` // their keys, see groupKey
}

// noteKnownNames is the note of the KnownNames.
const noteKnownNames = "policy-names"

// ReadKnownNames reads them from a store.
func ReadKnownNames(ctx context.Context, store *engine.Inspector) (known KnownNames, err error) {
	_, err = store.Note(ctx, noteKnownNames, &known)
	return known, err
}

// noteNames stores for whom the names of the policy stand now. It tells the administrators of those
// that stand for somebody else than before: a policy that is loaded anew gives their rights to
// whoever has the name.
func (b *Bot) noteNames(ctx context.Context) {
	var known KnownNames
	_, err := b.engine.Note(ctx, noteKnownNames, &known)
	fresh, moved := b.compareNames(known)
	if err == nil && !fresh.equals(known) {
		err = b.engine.SetNote(ctx, noteKnownNames, fresh)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		zerolog.Ctx(ctx).Warn().Err(err).Msg("names in the policy could not be compared with those of before")
	case err == nil && len(moved) > 0:
		zerolog.Ctx(ctx).Warn().Int("entries", len(moved)).Msg("names in the policy stand for others than before")
		text := "⚠ These names in the policy stand for somebody else than before, to whom their rules apply now:"
		b.sendToAdmins(ctx, text+"\n"+strings.Join(moved[:min(len(moved), maxNamesTold)], "\n"))
	}
}

// compareNames gives the names as they are now, those that are not found as they were, and which
// stand for somebody else.
func (b *Bot) compareNames(known KnownNames) (fresh KnownNames, moved []string) {
	rules := b.rules.now()
	names, now := rules.Names(), rules.ResolvedBy()
	fresh = KnownNames{Users: map[string]int64{}, Groups: map[string]string{}}
	for _, name := range names.Users {
		before, id := known.Users[name], now.Users[name]
		if before != 0 && id != 0 && before != id {
			moved = append(moved, "user:"+name)
		}
		if id = cmp.Or(id, before); id != 0 {
			fresh.Users[name] = id
		}
	}
	for _, name := range names.Groups {
		before, key := known.Groups[name], ""
		if keys := now.Groups[name]; len(keys) == 1 {
			key = keys[0]
		}
		if before != "" && key != "" && before != key && isAccountKey(before) == isAccountKey(key) {
			moved = append(moved, "group:"+name)
		}
		if key = cmp.Or(key, before); key != "" {
			fresh.Groups[name] = key
		}
	}
	return fresh, moved
}

func (k KnownNames) equals(other KnownNames) bool {
	return maps.Equal(k.Users, other.Users) && maps.Equal(k.Groups, other.Groups)
}

// AccountsOf are the accounts that were known by one of the names.
func (k KnownNames) AccountsOf(names []string) (ids []symphony.UserID) {
	for _, name := range names {
		if id := k.Users[name]; id != 0 {
			ids = append(ids, symphony.UserID(id))
		}
	}
	return ids
}
