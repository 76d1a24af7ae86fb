package engine

import (
	"context"
	"fmt"
)

// Trigger is what a database does by itself when a row is written. This program makes none, and the
// queue's tables have none in the version that it uses.
type Trigger struct {
	What  string // trigger or rule
	Name  string
	Table string
}

// String says what is wrong with the store that has it.
func (t Trigger) String() string {
	return fmt.Sprintf("the store has a %s %s on %s, which this program does not make", t.What, t.Name, t.Table)
}

// tableNames are the tables of this program and of its queue.
func tableNames() []string {
	return []string{
		"schema_version", "command", "step", "intent", "claim", "replica", "note", "quota", "act", "audit", "audit_unlinked", "audit_facts",
		"question", "permit", "river_migration", "river_job", "river_queue", "river_leader", "river_notification",
	}
}

// Triggers are those on the tables of the store: they can keep out what is written, or change it.
func (a *jobAdmin) Triggers(ctx context.Context) (all []Trigger, err error) {
	err = a.store.query(ctx, func(read scan) error {
		var t Trigger
		err := read(&t.What, &t.Name, &t.Table)
		all = append(all, t)
		return err
	}, a.store.dialect().triggers)
	if err != nil {
		return nil, fmt.Errorf("look for triggers: %w", err)
	}
	return all, nil
}
