package engine

import (
	"context"
	"fmt"
)

// Questions lists all questions that jobs of the store have asked, with their answers, the oldest
// first. Details of the answers are left out.
func (a *jobAdmin) Questions(ctx context.Context) (all []Question, err error) {
	err = a.store.query(ctx, func(read scan) error {
		q, err := readQuestion(read)
		all = append(all, q)
		return err
	}, `SELECT `+questionColumns+` FROM question q ORDER BY q.asked, q.command, q.n`)
	if err != nil {
		return nil, fmt.Errorf("list the questions: %w", err)
	}
	return all, nil
}
