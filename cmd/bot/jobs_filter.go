package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// jobsFilter is which jobs are listed, as it was typed.
type jobsFilter struct{ user, since, until, room string }

// needsRecord reports whether the audit record chooses among the jobs.
func (f jobsFilter) needsRecord() bool { return f.user != "" || f.room != "" || f.until != "" }

// withRecord are the filters by which jobs are read where the audit record chooses among them: of a
// done job only the record tells who asked.
func (f jobsFilter) withRecord(filters []engine.Filter) []engine.Filter {
	if !f.needsRecord() {
		return filters
	}
	return []engine.Filter{{Since: filters[0].Since, Limit: math.MaxInt32}}
}

// chooseByRecord adds to jobs what the audit record tells of them, and leaves those that are
// wanted.
func (f jobsFilter) chooseByRecord(
	ctx context.Context, store *engine.Inspector, all []job, filters []engine.Filter,
) ([]job, error) {
	if err := addFromRecord(ctx, store, all); err != nil {
		return nil, err
	}
	until, err := parseUntil(f.until, filters[0].Since, time.Now())
	if err != nil {
		return nil, err
	}
	room, err := parseRoom(f.room)
	if err != nil {
		return nil, err
	}
	owned, err := f.ownedJobs(ctx, store, filters)
	if err != nil {
		return nil, err
	}
	isUnwanted := func(j job) bool {
		return f.user != "" && !owned[j.ID] && !owned[strconv.FormatInt(j.User, 10)] ||
			room != "" && j.Room != room || !until.IsZero() && !j.Received.Before(until)
	}
	return slices.DeleteFunc(all, isUnwanted), nil
}

// ownedJobs are the ids of the unfinished and failed jobs of the person, and the person's own.
func (f jobsFilter) ownedJobs(ctx context.Context, store *engine.Inspector, filters []engine.Filter) (map[string]bool, error) {
	owned := map[string]bool{}
	if f.user == "" {
		return owned, nil
	}
	for _, filter := range filters {
		owned[filter.Owner] = true
		filter.Limit = math.MaxInt32
		found, err := store.List(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			owned[s.ID] = true
		}
	}
	return owned, nil
}

// addFromRecord adds who asked for jobs, and their rooms.
func addFromRecord(ctx context.Context, store *engine.Inspector, all []job) error {
	if len(all) == 0 {
		return nil
	}
	places := map[string]int{}
	oldest := all[0].Received
	for i, j := range all {
		places[string(j.Request)] = i
		if j.Received.Before(oldest) {
			oldest = j.Received
		}
	}
	const tolerance = time.Hour // between two clocks
	return store.ListEntries(ctx, engine.EntryFilter{Since: oldest.Add(-tolerance)}, func(s engine.StoredEntry) error {
		i, known := places[s.Request]
		if !known || s.Kind == audit.Operator {
			return nil
		}
		all[i].User = s.Actor
		if s.Room != "" {
			all[i].Room = s.Room
		}
		return nil
	})
}

// filters are the selections of which each gives some of the jobs: one, or one for each account
// that the person may be.
func (f jobsFilter) filters(ctx context.Context, path string, now time.Time) ([]engine.Filter, error) {
	since, err := parseMoment("--since", f.since, now)
	if err != nil {
		return nil, err
	}
	if f.user == "" {
		return []engine.Filter{{Since: since}}, nil
	}
	accounts, err := accountsOf(ctx, path, strings.TrimSpace(f.user))
	if err != nil {
		return nil, err
	}
	var all []engine.Filter
	for _, account := range accounts {
		all = append(all, engine.Filter{Owner: account, Since: since})
	}
	return all, nil
}

// momentForms says how a time is written.
const momentForms = "how long ago (90m, 24h, 7d), today, yesterday, a date (2026-03-04, from midnight UTC on) or a time (2026-03-04T05:00:00Z)"

// parseRoom reads the stream id of a room; empty of no text.
func parseRoom(text string) (string, error) {
	const shortest = 20 // of an id; what is shorter is likely a name
	if text == "" {
		return "", nil
	}
	id, err := symphony.ParseStreamID(text)
	if err != nil || len(id) < shortest {
		return "", usageError("--room %q: that is no stream id; write the id of the room, as its link has it", text)
	}
	return id.String(), nil
}

// parseRequest reads the number of a request.
func parseRequest(text string) (string, error) {
	id, isNumber := commands.ParseRequestID(text)
	if !isNumber {
		return "", usageError("%q is no number of a request: write the one that the user reads below the answer, such as 5k9d-02mx-q7ht", text)
	}
	return string(id), nil
}

// parseUntil reads --until, which has to be after what --since says.
func parseUntil(text string, since, now time.Time) (time.Time, error) {
	until, err := parseMoment("--until", text, now)
	if err == nil && !until.IsZero() && !until.After(since) {
		return time.Time{}, usageError("--until %s is not after --since, so that nothing is between them: correct one of them, or leave it out", text)
	}
	return until, err
}

// parseMoment reads a time, or how long ago it was; the zero time of no text.
func parseMoment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	switch today := now.UTC().Truncate(24 * time.Hour); text {
	case "today":
		return today, nil
	case "yesterday":
		return today.AddDate(0, 0, -1), nil
	}
	if days, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && days >= 0 && strings.HasSuffix(text, "d") {
		return now.AddDate(0, 0, -days), nil
	}
	ago, err := time.ParseDuration(text)
	if err != nil || ago < 0 {
		return time.Time{}, usageError("%s %q: write %s", flag, text, momentForms)
	}
	return now.Add(-ago), nil
}

// accountsOf are the ids of the accounts that a person may be: by Symphony, or else by the facts of
// the audit record.
func accountsOf(ctx context.Context, path, person string) (ids []string, err error) {
	if id, err := symphony.ParseUserID(person); err == nil {
		return []string{id.String()}, nil
	}
	users, unreached := askWhoIs(ctx, path, person)
	for _, u := range users {
		ids = append(ids, u.ID.String())
	}
	if len(ids) == 0 {
		ids, err = recordedAccounts(ctx, path, person)
	}
	if len(ids) > 0 || err != nil {
		return ids, err
	}
	return nil, unknownPerson(person, "the audit record", unreached, "; --user takes the number of a user as well, which stands in the log")
}

// unknownPerson is the error about a name that neither Symphony nor what was searched has; next is
// what to do.
func unknownPerson(name, searched string, unreached error, next string) error {
	why := "Symphony knows nobody of that name, and neither does " + searched
	if unreached != nil {
		why = fmt.Sprintf("Symphony was not reached, and %s has nobody of that name (%v)", searched, unreached)
	}
	return exitError{exitNotFound, fmt.Errorf("--user %s: %s%s", name, why, next)}
}

// recordedAccounts are the ids of those who have asked for something by a username or an e-mail
// address.
func recordedAccounts(ctx context.Context, path, name string) (ids []string, err error) {
	err = inspect(ctx, path, func(ctx context.Context, store *engine.Inspector) error {
		return store.ListEntries(ctx, engine.EntryFilter{Kind: audit.Decision}, func(s engine.StoredEntry) error {
			from, id := readEntryText(newEntry(s)).From, strconv.FormatInt(s.Actor, 10)
			isNamed := strings.EqualFold(from.Username, name) || strings.EqualFold(from.Email, name)
			if isNamed && s.Actor != 0 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
			return nil
		})
	})
	return ids, err
}
