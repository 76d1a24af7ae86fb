package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// memory is a job in memory. It implements commands.Attempt for all attempts at the job.
type memory struct {
	mu         sync.Mutex
	results    map[string]json.RawMessage
	steps      []string // with a result, in order
	intentions map[string][]time.Time
	first      []commands.Reply
	crash      string            // the step whose result gets lost
	slow       func(step string) // runs before a result is stored
	denial     error             // of the policy
	asked      int               // how often the policy was asked
	audited    []string
}

// errCrash stands for the end of the process.
var errCrash = errors.New("the process ended")

func newJob() *memory {
	return &memory{results: map[string]json.RawMessage{}, intentions: map[string][]time.Time{}}
}

func (m *memory) Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error {
	if done, err := m.Result(step, result); done || err != nil {
		return err
	}
	value, err := do(ctx)
	if err != nil {
		return err
	}
	if m.slow != nil {
		m.slow(step)
	}
	m.mu.Lock()
	if m.crash == step {
		m.mu.Unlock()
		return errCrash
	}
	raw, err := json.Marshal(value)
	m.results[step] = raw
	m.steps = append(m.steps, step)
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, result)
}

func (m *memory) Result(step string, into any) (bool, error) {
	m.mu.Lock()
	raw, done := m.results[step]
	m.mu.Unlock()
	if !done {
		return false, nil
	}
	return true, json.Unmarshal(raw, into)
}

func (m *memory) CheckPolicy(context.Context, *commands.Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	return m.denial
}

func (m *memory) Intend(_ context.Context, step string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.intentions[step] = append(m.intentions[step], time.Now())
	return nil
}

func (m *memory) SaveSoon() {}

func (m *memory) IntendRoom(ctx context.Context, step string) error { return m.Intend(ctx, step) }

func (m *memory) IntendFirst(ctx context.Context, step string) error { return m.Intend(ctx, step) }

func (m *memory) Withdraw(_ context.Context, step string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n := len(m.intentions[step]); n > 0 {
		m.intentions[step] = m.intentions[step][:n-1]
	}
	return nil
}

func (m *memory) Intentions(_ context.Context, step string) (last time.Time, times int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.intentions[step]
	if len(all) == 0 {
		return time.Time{}, 0, nil
	}
	return all[len(all)-1], len(all), nil
}

func (m *memory) AuditRoom(_ context.Context, room symphony.StreamID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.audited = append(m.audited, "room "+string(room))
}

func (m *memory) AuditMembers(_ context.Context, room symphony.StreamID, _ string, members []commands.AuditedMember) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range members {
		what := "owner"
		if !one.IsMember {
			what = "member"
		}
		m.audited = append(m.audited, fmt.Sprintf("%s %d of %s %s", what, one.ID, room, one.Cause))
	}
}

func (m *memory) AuditRename(_ context.Context, room symphony.StreamID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.audited = append(m.audited, "rename "+string(room))
}

func (m *memory) AuditClose(_ context.Context, room symphony.StreamID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.audited = append(m.audited, "close "+string(room))
}

func (m *memory) ShowFirst(_ context.Context, first commands.Reply) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.first = append(m.first, first)
}

// age makes all intentions older.
func (m *memory) age(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, times := range m.intentions {
		for i := range times {
			times[i] = times[i].Add(-by)
		}
	}
}

// forget drops the result of a step, as if the process had ended before it was stored.
func (m *memory) forget(step string) {
	delete(m.results, step)
	m.steps = slices.DeleteFunc(m.steps, func(s string) bool { return s == step })
}

// store stores a plan as the runtime does.
func (m *memory) store(t testing.TB, plan commands.Plan) {
	t.Helper()
	err := m.Do(t.Context(), commands.StepPlan, new(json.RawMessage), func(context.Context) (any, error) { return plan, nil })
	require.NoError(t, err)
}

// finish applies a plan as often as the engine would, and ends with its reply.
func (w *world) finish(plan commands.Plan, job *memory) commands.Reply {
	w.t.Helper()
	return refusedOr(w.applyUntilDone(plan, job))
}

// applyUntilDone applies a plan as often as the engine would. The error is a refusal.
func (w *world) applyUntilDone(plan commands.Plan, job *memory) (commands.Reply, error) {
	w.t.Helper()
	var err error
	for range 20 {
		var reply commands.Reply
		reply, err = plan.Apply(w.t.Context(), job)
		if _, refused := errors.AsType[*commands.Refusal](err); refused || err == nil {
			return reply, err
		}
		if wait, ok := errors.AsType[*commands.WaitError](err); ok {
			w.advance(wait.After)
			job.age(wait.After)
		}
	}
	require.NoError(w.t, err)
	return commands.Reply{}, nil
}

// answer is the reply to what somebody types, decided as the runtime does it.
func (w *world) answer(who, text string) commands.Reply {
	w.t.Helper()
	m, g, catalogue := w.message(text), w.grammar(who), w.env.Commands()
	read := g.Parse(m)
	refusedOr := func(reply commands.Reply, err error) commands.Reply {
		if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
			err = catalogue.WithEdit(refusal, g, m)
		}
		return refusedOr(reply, err)
	}
	switch {
	case read.Error != nil:
		refusal := catalogue.SyntaxRefusal(g, m, read.Error)
		w.env.SuggestPeople(w.t.Context(), &commands.Request{From: w.people[who], Message: m}, g, read.Error, refusal)
		w.env.SuggestNamedPeople(w.t.Context(), &commands.Request{From: w.people[who], Message: m}, g, read.Error, refusal)
		w.env.CorrectGroups(w.t.Context(), &commands.Request{From: w.people[who], Message: m}, g, refusal)
		return refusedOr(commands.Reply{}, refusal)
	case read.Form != nil:
		return refusedOr(w.env.FormReply(read.Form, nil))
	case read.Talk != "":
		return catalogue.AnswerTalk(read.Talk, w.permissions)
	case read.Command == nil:
		return catalogue.Help(read.Help, w.permissions)
	}
	r := w.request(who, text)
	plan, err := w.plan(r)
	switch {
	case err != nil:
		return refusedOr(commands.Reply{}, err)
	case r.Preview():
		return plan.Preview()
	}
	job := newJob()
	job.store(w.t, plan)
	return refusedOr(w.applyUntilDone(plan, job))
}

// refusedOr is the refusal that an error is, or else the reply.
func refusedOr(reply commands.Reply, err error) commands.Reply {
	if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
		return refusal.Reply()
	}
	if err != nil {
		return commands.Reply{Code: "error: " + err.Error()}
	}
	return reply
}
