package bot

import (
	"context"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// SetParse replaces what reads arriving messages; change gets what reads them otherwise.
func (b *Bot) SetParse(change func(parse func(syntax.Message) syntax.Result) func(syntax.Message) syntax.Result) {
	b.parse = change(b.parse)
}

// Receive takes a batch of events as the feed hands it over.
func (b *Bot) Receive(ctx context.Context, events []symphony.Event) error {
	return b.receive(ctx, events)
}

// StoredSteps are the steps of unfinished jobs whose results are stored.
func (b *Bot) StoredSteps(ctx context.Context) (names []string, err error) {
	all, err := b.engine.List(ctx, engine.Filter{})
	if err != nil {
		return nil, err
	}
	for _, job := range all {
		if job.State == engine.Done {
			continue
		}
		d, err := b.engine.Show(ctx, job.ID)
		if err != nil {
			return nil, err
		}
		for _, step := range d.Steps {
			if step.Done {
				names = append(names, step.Name)
			}
		}
	}
	return names, nil
}

// Record is the audit record, all of it linked.
func (b *Bot) Record(ctx context.Context) (all []engine.StoredEntry, err error) {
	if err := b.engine.LinkEntries(ctx); err != nil {
		return nil, err
	}
	err = b.engine.ListEntries(ctx, engine.EntryFilter{}, func(s engine.StoredEntry) error {
		all = append(all, s)
		return nil
	})
	return all, err
}

// TellHead tells the head of the audit record as if an hour was over.
func (b *Bot) TellHead(ctx context.Context) { b.record.tellHead(ctx, audit.Head{}) }

// LookAtNames looks at the names of the policy as if an hour was over.
func (b *Bot) LookAtNames(ctx context.Context) { b.lookAtNames(ctx) }

// LookAtVersions compares the versions of the replicas as if a minute was over.
func (b *Bot) LookAtVersions(ctx context.Context, before string) (now string) {
	return b.lookAtVersions(ctx, before)
}

// DescribeVersions names replicas with their versions, by the names of their lives.
func DescribeVersions(versions map[string]string) string { return describeVersions(versions) }

// ReadMembersAgain reads who is in the groups of the policy as if their time was over, and looks at
// the requests that wait for an approval.
func (b *Bot) ReadMembersAgain(ctx context.Context) error {
	for _, key := range b.rules.groups.keys() {
		if _, err := b.rules.groups.readAgain(ctx, key); err != nil {
			return err
		}
	}
	_, err := b.lookAtApprovals(ctx, false)
	return err
}

// Commits counts what the bot's store has committed.
func (b *Bot) Commits() int64 { return b.engine.Commits() }

// Lister lists the bot's audit record.
func (b *Bot) Lister() EntryLister { return b.engine }

// Receipt is what /receipt tells an administrator.
func (b *Bot) Receipt(ctx context.Context, room symphony.StreamID) (commands.Receipt, bool, error) {
	return governance{b}.Receipt(ctx, room, true)
}
