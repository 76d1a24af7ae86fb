package engine

import (
	"context"
	"fmt"
)

// SetLabel says something about this replica to the others, with its next heartbeat. On SQLite
// there are no others.
func (e *Engine) SetLabel(label string) {
	if s, ok := e.membership.(*replicaSession); ok {
		s.label.Store(&label)
	}
}

func (s *replicaSession) labelText() string {
	if label := s.label.Load(); label != nil {
		return *label
	}
	return ""
}

// ReplicaLabels are what the living replicas say about themselves, by the names of their lives,
// this one included. Those that say nothing are left out.
func (e *Engine) ReplicaLabels(ctx context.Context) (map[string]string, error) {
	labels := map[string]string{}
	err := e.store.query(ctx, func(read scan) error {
		var name, label string
		err := read(&name, &label)
		labels[name] = label
		return err
	}, `SELECT name, label FROM replica WHERE dead IS NULL AND label <> ''`)
	if err != nil {
		return nil, fmt.Errorf("read the labels of the replicas: %w", err)
	}
	return labels, nil
}
