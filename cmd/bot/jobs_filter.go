package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"roombot/bot/engine"
	"roombot/symphony"
)

// jobsFilter is which jobs are listed, as it was typed.
type jobsFilter struct{ user, since string }

// filters are the selections of which each gives some of the jobs: one, or one for each account
// that the person may be.
func (f jobsFilter) filters(ctx context.Context, path string, now time.Time) ([]engine.Filter, error) {
	since, err := parseSince(f.since, now)
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

// parseSince reads a time, or how long ago it was; the zero time of no text.
func parseSince(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if days, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && days >= 0 && strings.HasSuffix(text, "d") {
		return now.AddDate(0, 0, -days), nil
	}
	ago, err := time.ParseDuration(text)
	if err != nil || ago < 0 {
		return time.Time{}, usageError("--since %q: write how long ago, such as 90m, 24h or 7d, or a time such as 2026-03-04T05:00:00Z", text)
	}
	return now.Add(-ago), nil
}

// accountsOf are the ids of the accounts that a person may be.
func accountsOf(ctx context.Context, path, person string) ([]string, error) {
	if id, err := symphony.ParseUserID(person); err == nil {
		return []string{id.String()}, nil
	}
	var ids []string
	for _, name := range namesOf(ctx, path, person) {
		if id, err := symphony.ParseUserID(name); err == nil {
			ids = append(ids, id.String())
		}
	}
	if len(ids) == 0 {
		return nil, exitError{exitNotFound, fmt.Errorf("--user %s: Symphony does not tell who that is; write the user id, which stands in the log", person)}
	}
	return ids, nil
}
