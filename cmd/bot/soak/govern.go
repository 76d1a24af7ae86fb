package soak

import (
	"context"
	"fmt"
	"os"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/commands"
)

// Governance is what the administrator has done during a soak.
type Governance struct {
	Periods  []Period
	Pauses   []Pause
	Commands []*Request // that the administrator has typed
	// Chats are the ids of the 1:1 chats with the bot, by username.
	Chats map[string]string
	// People are the user ids of active accounts, by username.
	People      map[string]int64
	Clicks      []Click // of simulated people, about requests that need an approval
	GrantClicks []Click // of simulated people, about access that was refused
	Revocations []Revocation
	Stopped     time.Time // right before the bots were stopped
	FaultyTexts int
	Kills       int      // of bots: an act that one carried out may be repeated by the next
	Late        []string // versions that some bot never said it had

	grants map[int64]*grantHistory // by number, as the record has them
}

// Period is a time in which rules may be in force in some bot.
type Period struct {
	*Rules
	From  time.Time     // their text was written
	Until time.Time     // all bots had the next ones; zero for never
	Took  time.Duration // until all bots had them
}

// Pause is a time in which no request may begin to write.
type Pause struct {
	InChat bool
	Kind   string
	From   time.Time // all bots were told so
	Until  time.Time // right before they were told that it ends
}

// editPolicy changes the policy's file, until all is answered. A change that has begun is carried
// to its end.
func (s *soak) editPolicy(ctx, working context.Context) error {
	for _, e := range s.government.edits {
		if !s.waitForAnswers(working, e.after) {
			return nil
		}
		if err := s.edit(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *soak) edit(ctx context.Context, e edit) error {
	if e.faulty != nil {
		if err := s.showFaulty(ctx, e); err != nil {
			return err
		}
	}
	return s.replaceRules(ctx, e.rules)
}

// waitForAnswers waits until so many requests are answered. It reports false when the soak has
// ended before.
func (s *soak) waitForAnswers(working context.Context, n int) bool {
	for {
		if working.Err() != nil {
			return false
		}
		if _, answered := s.ledger.counts(); answered >= n {
			return true
		}
		_ = trial.Pause(working, 20*time.Millisecond) // the loop sees its end
	}
}

// showFaulty has a text in the policy's file that is wrong. No bot is started meanwhile: it would
// refuse to run.
func (s *soak) showFaulty(ctx context.Context, e edit) error {
	s.starting.Lock()
	defer s.starting.Unlock()
	for _, b := range s.trial.Bots {
		if err := waitForHealth(ctx, b); err != nil {
			return err
		}
	}
	before, err := os.ReadFile(s.trial.PolicyFile())
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.trial.PolicyFile(), e.faulty, 0o600); err != nil { // in place, as an editor may
		return err
	}
	s.governance.FaultyTexts++
	if err := trial.Pause(ctx, e.faultyFor); err != nil {
		return err
	}
	// A bot that is started reads the file at once, and has to find rules there.
	return s.trial.WritePolicy(before)
}

// replaceRules puts other rules into force, and waits until all bots have them.
func (s *soak) replaceRules(ctx context.Context, r *Rules) error {
	began := time.Now()
	if err := s.trial.WritePolicy(r.Text); err != nil {
		return err
	}
	s.governance.Periods = append(s.governance.Periods, Period{Rules: r, From: began})
	last := len(s.governance.Periods) - 1
	isCurrent := true
	for _, b := range s.trial.Bots {
		has, err := s.waitForVersion(ctx, b, r.Version, began)
		if err != nil {
			return err
		}
		isCurrent = isCurrent && has
	}
	if !isCurrent {
		s.governance.Late = append(s.governance.Late, r.Version)
		return nil
	}
	s.governance.Periods[last-1].Until = time.Now()
	s.governance.Periods[last].Took = time.Since(began)
	return nil
}

// waitForVersion waits until a bot says that a version of the policy is in force, and reports
// whether it has said so.
func (s *soak) waitForVersion(ctx context.Context, b *trial.Bot, version string, began time.Time) (bool, error) {
	for time.Since(began) < s.Patience {
		if h, err := b.Health(ctx); err == nil && h.Policy.Version == version {
			return true, nil
		}
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return false, err
		}
	}
	return false, nil
}

// pauseBots pauses the bots and lets them go on, until all is answered. A pause that has begun is
// ended.
func (s *soak) pauseBots(ctx, working context.Context) error {
	for _, planned := range s.government.pauses {
		if !s.waitForAnswers(working, planned.after) {
			return nil
		}
		act := s.actInShell
		if planned.inChat {
			act = s.actInChat
		}
		heard, err := act(ctx, "pause", planned.kind)
		if err != nil {
			return err
		}
		p := Pause{InChat: planned.inChat, Kind: planned.kind, From: time.Now()}
		if err := trial.Pause(ctx, planned.length); err != nil {
			return err
		}
		p.Until = time.Now()
		if heard {
			s.governance.Pauses = append(s.governance.Pauses, p)
		}
		if _, err := act(ctx, "resume", planned.kind); err != nil {
			return err
		}
	}
	return nil
}

// actInShell pauses the bots, or lets them go on, by a process beside them.
func (s *soak) actInShell(ctx context.Context, act, kind string) (heard bool, err error) {
	err = s.trial.Bots[0].Command(ctx, act, kind)
	return err == nil, err
}

// actInChat has the administrator type it, and waits for the answer. It reports false where none
// came: what is heard later is not carried out any more, since the administrator goes on.
func (s *soak) actInChat(ctx context.Context, act, kind string) (heard bool, err error) {
	c, heard, err := s.say(ctx, "/"+act+" "+kind)
	if c != nil {
		s.governance.Commands = append(s.governance.Commands, c)
	}
	return heard, err
}

// say has the administrator type something, and waits for the answer. heard is false where none
// came.
func (s *soak) say(ctx context.Context, text string) (c *Request, heard bool, err error) {
	c = &Request{As: administrator, Text: text}
	said, err := s.trial.Pod.Says(ctx, c.As, c.Text)
	if err != nil {
		return nil, false, fmt.Errorf("say %q: %w", c.Text, err)
	}
	c.MessageID, c.StreamID, c.Number = said.Message.ID, said.Message.StreamID, string(commands.NewRequestID(said.Message.ID))
	for began := time.Now(); time.Since(began) < s.Patience && !s.ledger.hasFinal(c.Number); {
		if err := trial.Pause(ctx, 20*time.Millisecond); err != nil {
			return c, false, err
		}
	}
	return c, s.ledger.hasFinal(c.Number), nil
}
