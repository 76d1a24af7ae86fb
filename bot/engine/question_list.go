package engine

import (
	"context"
	"fmt"
)

// Questions lists all questions that jobs of the store have asked, with their answers, the oldest
// first. Details of the answers are left out.
func (a *jobAdmin) Questions(ctx context.Context) (all []Question, err error) {
	return a.questionsWhere(ctx, `1 = 1`)
}

// OpenQuestions lists the questions that nobody has answered, the oldest first.
func (a *jobAdmin) OpenQuestions(ctx context.Context) (all []Question, err error) {
	return a.questionsWhere(ctx, openQuestion)
}

// UnfinishedQuestions lists the questions of jobs that have not ended, answered or not, the oldest
// first. Details of the answers are left out.
func (a *jobAdmin) UnfinishedQuestions(ctx context.Context) (all []Question, err error) {
	return a.questionsWhere(ctx, ofUnfinished)
}

// AnsweredQuestions lists the questions of somebody's jobs that were answered, the oldest first.
// Details of the answers are left out.
func (a *jobAdmin) AnsweredQuestions(ctx context.Context, owner string) (all []Question, err error) {
	return a.questionsWhere(ctx, `q.answered > 0 AND q.owner = $1`, owner)
}

func (a *jobAdmin) questionsWhere(ctx context.Context, condition string, args ...any) (all []Question, err error) {
	err = a.store.query(ctx, func(read scan) error {
		q, err := readQuestion(read)
		all = append(all, q)
		return err
	}, `SELECT `+questionColumns+` FROM question q WHERE `+condition+` ORDER BY q.asked, q.command, q.n`, args...)
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return all, nil
}
