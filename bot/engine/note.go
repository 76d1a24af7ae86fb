package engine

import (
	"context"
	"encoding/json"
	"fmt"
)

// Note reads into value what any process has stored under the name. It reports false when there is
// nothing.
func (a *jobAdmin) Note(ctx context.Context, name string, value any) (bool, error) {
	var text string
	found, err := queryRow(ctx, a.store, []any{&text}, `SELECT value FROM note WHERE name = $1`, name)
	if err == nil && found {
		err = json.Unmarshal([]byte(text), value)
	}
	if err != nil {
		return false, fmt.Errorf("read the note %s: %w", name, err)
	}
	return found, nil
}

// SetNote stores a value under the name for all processes on the store, in place of the one before.
func (e *Engine) SetNote(ctx context.Context, name string, value any) error {
	text, err := json.Marshal(value)
	if err == nil {
		err = e.store.writeStatement(ctx, nil,
			`INSERT INTO note (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, string(text))
	}
	if err != nil {
		return fmt.Errorf("store the note %s: %w", name, err)
	}
	return nil
}
