package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/bot/engine"
)

// askOnce is a handler whose jobs ask one question, and end with its answer.
func askOnce(ended chan<- string, within time.Duration, most engine.HoldBounds) handler {
	return func(ctx context.Context, a *engine.Attempt) error {
		q, asked, err := a.Engine().Question(ctx, a.ID, 1)
		var said string
		switch {
		case err != nil:
			return err
		case asked && !q.IsOpen():
			err := json.Unmarshal(q.Detail, &said)
			ended <- a.ID + ": " + said
			return err
		case asked && time.Now().After(q.Until):
			ended <- a.ID + ": nobody"
			return nil
		}
		if err := a.Ask(ctx, 1, "may I?", within, most); err != nil {
			ended <- a.ID + ": " + errors.Unwrap(err).Error()
			return engine.GiveUp(err)
		}
		return engine.WaitForAnswer()
	}
}

func answerOf(text string) engine.Answer {
	return engine.Answer{Text: text, Detail: text + ", because", Entry: audit.New("approval", text, "answer", nil)}
}

func TestTheFirstAnswerCountsAndTheJobGoesOn(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ended := make(chan string, 10)
		e, _ := start(t, quickConfig(store, askOnce(ended, time.Hour, manyHeld)))
		insert(t, e, newJob("a", "chat"), newJob("b", "chat"))
		waitForHeld(t, e, 2)
		open, err := e.OpenQuestions(context.Background())
		require.NoError(t, err)
		require.Len(t, open, 2)
		require.JSONEq(t, `"may I?"`, string(open[0].Text))
		require.WithinDuration(t, open[0].Asked.Add(time.Hour), open[0].Until, time.Second)
		resume(t, e, "") // the end of a pause frees nobody who waits for an answer
		waitForHeld(t, e, 2)
		require.NoError(t, e.LoseReleaseAndRepair(context.Background()))
		waitForHeld(t, e, 2)

		var answering sync.WaitGroup
		var mu sync.Mutex
		var counted []string
		for i := range 5 {
			answering.Go(func() {
				said := fmt.Sprint("yes ", i)
				q, first, err := e.Answer(context.Background(), "b", 1, answerOf(said))
				if err == nil && first {
					mu.Lock()
					counted = append(counted, string(q.Answer))
					mu.Unlock()
				}
			})
		}
		answering.Wait()
		require.Len(t, counted, 1)
		require.Equal(t, `b: `+counted[0][1:len(counted[0])-1]+", because", next(t, ended))
		waitForHeld(t, e, 1)
		q, first, err := e.Answer(context.Background(), "b", 1, answerOf("no"))
		require.NoError(t, err)
		require.False(t, first)
		require.Equal(t, counted[0], string(q.Answer))
		_, _, err = e.Answer(context.Background(), "b", 2, answerOf("no"))
		require.ErrorIs(t, err, engine.ErrUnknown)
		require.Eventually(t, func() bool { n, err := e.Count(context.Background(), "audit_unlinked"); return err == nil && n == 0 }, patience, 10*time.Millisecond)
		linked, err := e.Count(context.Background(), "audit WHERE kind = 'approval'")
		require.NoError(t, err)
		require.Equal(t, 1, linked, "an answer that does not count has no entry")
		all, err := e.Questions(context.Background())
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.True(t, all[0].IsOpen())
		require.Equal(t, counted[0], string(all[1].Answer))
	})
}

func TestAQuestionThatNobodyAnswersEndsInItsTime(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ended := make(chan string, 10)
		e, stop := start(t, quickConfig(store, askOnce(ended, time.Millisecond, manyHeld)))
		insert(t, e, newJob("a", "chat"))
		require.Equal(t, "a: nobody", next(t, ended))
		stop()
		e, stop = start(t, quickConfig(store, askOnce(ended, 2*time.Second, manyHeld)))
		insert(t, e, newJob("b", "chat"))
		waitForHeld(t, e, 1)
		stop() // the time goes on while nobody works
		e, _ = start(t, quickConfig(store, askOnce(ended, 2*time.Second, manyHeld)))
		require.Equal(t, "b: nobody", next(t, ended))
		_, _, err := e.Answer(context.Background(), "b", 1, answerOf("yes"))
		require.True(t, errors.Is(err, engine.ErrLate) || errors.Is(err, engine.ErrEnded), "%v", err)
	})
}

// A job that goes on without an answer asks on, perhaps with another text, and keeps its time.
func TestAJobThatWaitsForAnAnswerGoesOnToAskOtherwise(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ended, asks := make(chan string, 10), make(chan string, 10)
		text := "first"
		entryOf := func(text string) engine.RecordEntry {
			return engine.RecordEntry{Entry: audit.New(audit.Approval, "a", "asked/"+text, nil)}
		}
		e, _ := start(t, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
			q, asked, err := a.Engine().Question(ctx, a.ID, 1)
			if err != nil || asked && !q.IsOpen() {
				err = errors.Join(err, a.Ask(ctx, 1, "late", time.Hour, manyHeld, entryOf("late")))
				ended <- a.ID + ": " + string(q.Answer)
				return err
			}
			if asked {
				text = "second"
			}
			if err := a.Ask(ctx, 1, text, time.Hour, manyHeld, entryOf(text)); err != nil {
				return err
			}
			asks <- text
			return engine.WaitForAnswer()
		}))
		insert(t, e, newJob("a", "chat"))
		require.Equal(t, "first", next(t, asks))
		waitForHeld(t, e, 1)
		before, err := e.OpenQuestions(context.Background())
		require.NoError(t, err)
		require.NoError(t, e.Reconsider(context.Background(), []string{"a", "nobody"}))
		require.Equal(t, "second", next(t, asks))
		waitForHeld(t, e, 1)
		now, err := e.OpenQuestions(context.Background())
		require.NoError(t, err)
		require.Len(t, now, 1)
		require.JSONEq(t, `"second"`, string(now[0].Text))
		require.Equal(t, before[0].Until, now[0].Until)
		_, first, err := e.Answer(context.Background(), "a", 1, answerOf("yes"))
		require.NoError(t, err)
		require.True(t, first)
		require.Equal(t, `a: "yes"`, next(t, ended))
		require.NoError(t, e.Reconsider(context.Background(), []string{"a"}), "which has ended")
		var parts []string
		require.NoError(t, e.ListEntries(context.Background(), engine.EntryFilter{Kind: audit.Approval}, func(s engine.StoredEntry) error {
			parts = append(parts, s.Part)
			return nil
		}))
		require.Equal(t, []string{"asked/first", "asked/second", "answer"}, parts, "nobody is asked what is answered")
	})
}

func TestOpenQuestionsAreBoundedAndHoldNobodyUp(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ended := make(chan string, 10)
		e, _ := start(t, quickConfig(store, askOnce(ended, time.Hour, engine.HoldBounds{PerOwner: 2, Total: 3})))
		owned := func(id, owner string) engine.Job {
			job := newJob(id, "chat")
			job.Owner = owner
			return job
		}
		insert(t, e, owned("a", "kim"), owned("b", "kim"))
		waitForHeld(t, e, 2)
		insert(t, e, owned("c", "kim"))
		require.Equal(t, "c: "+engine.ErrHeldFull.Error(), next(t, ended))
		insert(t, e, owned("d", "bob"))
		waitForHeld(t, e, 3)
		insert(t, e, owned("e", "cora"))
		require.Equal(t, "e: "+engine.ErrHeldFull.Error(), next(t, ended))
		waitForHeld(t, e, 3)
		unfinished, err := e.UnfinishedJobs(context.Background(), "chat")
		require.NoError(t, err)
		require.Empty(t, unfinished, "they count for no bound of the chat")
	})
}

func TestAJobThatWaitsForAnAnswerCanBeStopped(t *testing.T) {
	onEach(t, func(t *testing.T, store engine.Address) {
		ended, failed := make(chan string, 10), make(chan error, 1)
		c := quickConfig(store, askOnce(ended, time.Hour, manyHeld))
		c.ReportFailure = func(_ context.Context, _ *engine.Attempt, cause error) error {
			failed <- cause
			return nil
		}
		e, _ := start(t, c)
		insert(t, e, newJob("a", "chat"))
		waitForHeld(t, e, 1)
		require.NoError(t, e.Stop(context.Background(), "a"))
		require.ErrorIs(t, next(t, failed), engine.ErrStopped)
		require.Eventually(t, func() bool {
			_, _, err := e.Answer(context.Background(), "a", 1, answerOf("yes"))
			return errors.Is(err, engine.ErrEnded)
		}, patience, 5*time.Millisecond)
		open, err := e.OpenQuestions(context.Background())
		require.NoError(t, err)
		require.Empty(t, open)
	})
}

func TestTwoReplicasAnswerOneQuestionOnce(t *testing.T) {
	t.Parallel()
	store := newDatabase(t)
	ended := make(chan string, 100)
	a, _ := start(t, quickConfig(store, askOnce(ended, time.Hour, manyHeld)))
	b, _ := start(t, quickConfig(store, askOnce(ended, time.Hour, manyHeld)))
	const jobs = 20
	for i := range jobs {
		insert(t, a, newJob(fmt.Sprintf("%02d", i), "chat"))
	}
	waitForHeld(t, b, jobs)
	var mu sync.Mutex
	counted := map[string]int{}
	var answering sync.WaitGroup
	for r, e := range []*engine.Engine{a, b} {
		answering.Go(func() {
			for i := range jobs {
				job := fmt.Sprintf("%02d", i)
				if _, first, err := e.Answer(context.Background(), job, 1, answerOf(fmt.Sprint(job, " by ", r))); err == nil && first {
					mu.Lock()
					counted[job]++
					mu.Unlock()
				}
			}
		})
	}
	answering.Wait()
	require.Len(t, counted, jobs)
	for range jobs {
		next(t, ended)
	}
	for job, n := range counted {
		require.Equal(t, 1, n, job)
	}
}
