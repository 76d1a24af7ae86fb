package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"roombot/bot/audit"
	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/policy"
)

// RecordedPolicy is a version of the policy as the record has it, the last one for an empty
// version; nil where the record has none.
func RecordedPolicy(ctx context.Context, record EntryLister, version string) (*policy.Policy, error) {
	var last policyBody
	err := record.ListEntries(ctx, engine.EntryFilter{Kind: audit.Policy}, func(s engine.StoredEntry) error {
		var entry policyBody
		if err := json.Unmarshal(s.Body, &entry); err != nil {
			return err
		}
		if version == "" || entry.Version == version {
			last = entry
		}
		return nil
	})
	if err != nil || last.Version == "" {
		return nil, err
	}
	rules, err := schema.Parse("policy "+last.Version, last.Document, nil)
	if err != nil {
		return nil, err
	}
	return policy.Compile(rules, policy.Options{})
}

// notePolicyOfStart has the administrators told that the bot has started with another policy than
// the one before, which is nil where there was none.
func (b *Bot) notePolicyOfStart(ctx context.Context, before *policy.Policy) {
	state := b.rules.current.Load()
	if before == nil || before.Hash() == state.policy.Hash() || !before.HasAdmins() && !state.policy.HasAdmins() {
		return
	}
	text := fmt.Sprintf("I have started with version %s of the policy; it was %s.", state.policy.Version(), before.Version())
	b.noteNewPolicy(ctx, policyNews{text: text + describeIdleRules(state.policy), before: before, after: state.read})
}
