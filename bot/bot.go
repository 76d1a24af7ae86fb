// Package bot is the runtime: it reads the feed, stores each request that is addressed to the bot,
// asks the policy, executes the request and answers, once.
//
//	feed -> receive -> admission -> engine (one durable job per message) -> execute:
//	    decide (read, policy, plan, apply) -> outcome -> deliver
//
// Nothing slow happens between the feed and the engine: Symphony delivers a batch again when it is
// not acknowledged within 30 seconds.
package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

// Config says what the bot works with.
type Config struct {
	Client *symphony.Client
	Feed   symphony.FeedConfig
	Policy *policy.Policy
	// ReadPolicy gives the policy where its text has changed since the last call, and nil where it has
	// not. The error is everything that is wrong with it. Optional: without it the policy stays.
	ReadPolicy func() (*policy.Policy, error)
	Limits     commands.Limits
	// Store is the engine's file and bounds; the bot adds its handlers.
	Store engine.Config
	// Bounds are how much may wait.
	Bounds Bounds
	// Metrics are the numbers that the client's Config.Observe feeds; without them calls are not
	// counted. One Metrics serves one bot.
	Metrics *Metrics
	// Health is the address of the pages that Bot.Pages serves; empty for none.
	Health string
	// PrivateAbove is the size of a room from which on an error, a warning or a form goes to the 1:1
	// chat; 0 for always.
	PrivateAbove int
	// Audit says who is told of the audit record.
	Audit AuditConfig
	// GrantDay is how long a grant for a day is good; one for 30 days is good for 30 times that.
	// Trials have shorter days. Default 24 hours.
	GrantDay time.Duration
	// Clock measures how long an answer waits for the people who are being added. Default the
	// machine's.
	Clock commands.Clock
	// Live is called each time the bot has a feed: whoever writes to it from then on is heard. It
	// must not block. Optional.
	Live func()
}

// Bot is the running program.
type Bot struct {
	client       *symphony.Client
	self         symphony.User
	env          *commands.Env
	catalogue    commands.Catalogue
	grammar      syntax.Grammar
	parse        func(syntax.Message) syntax.Result // reads what arrives
	rules        *policyInForce
	engine       *engine.Engine
	feed         *symphony.Feed
	health       string
	privateAbove int
	grantDay     time.Duration
	started      time.Time

	metrics      *Metrics
	bounds       Bounds
	admission    *admission
	history      *history
	record       *recordLife
	policyNews   chan policyNews // of which administrators are to be told
	approvalNews chan struct{}   // holds a token when requests that wait for an approval are to be looked at
	timesLeft    sync.Map        // when a job that runs here is expected to be done, by its id
	telling      sync.Mutex      // held while administrators are about to be told something once
	lookedUp     sync.Map        // what was looked for in vain for earlier jobs: their answers, ends of their cards; they are few
	users        lookupCache[symphony.UserID, symphony.User]
	chats        lookupCache[symphony.StreamID, symphony.Stream]
	lastProgress atomic.Int64 // when a job last got further, in nanoseconds since 1970
}

// The directory of groups is read again before it is too old to be asked.
const (
	directoryAge     = 10 * time.Minute
	directoryRefresh = directoryAge * 3 / 4
)

// New signs in and opens the store. A pod that does not answer is waited for until ctx ends;
// rejected credentials are an error. The caller closes the bot.
func New(ctx context.Context, c Config) (*Bot, error) {
	self, err := signIn(ctx, c.Client)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	if _, err := c.Client.DeriveSecrets(commands.ProofLabel); err != nil { // no room could be opened
		return nil, err
	}
	env := commands.NewEnv(commands.Env{
		Symphony: c.Client,
		Self:     self,
		Groups:   commands.NewGroupDirectory(c.Client, directoryAge),
		Limits:   c.Limits,
		Clock:    c.Clock,
		Contact:  c.Policy.Contact(),
	})
	b := &Bot{
		client: c.Client, self: self, env: env, catalogue: env.Commands(),
		health: c.Health, privateAbove: c.PrivateAbove, grantDay: cmp.Or(c.GrantDay, day), started: time.Now(),
		metrics: c.Metrics, bounds: c.Bounds.withDefaults(),
	}
	env.Pauses, env.Rules, env.Record, env.Approvals = pauser{b}, governance{b}, governance{b}, governance{b}
	env.Grants = grantList{b}
	b.lastProgress.Store(b.started.UnixNano())
	b.grammar = b.catalogue.Grammar(self.ID, env.Limits.MaxMembers)
	b.parse = b.grammar.Parse
	b.history = newHistory(b)
	b.record = newRecordLife(c, self.ID)
	b.policyNews, b.approvalNews = make(chan policyNews, waitingNews), make(chan struct{}, 1)
	b.feed = b.newFeed(c)
	c.Store.Handle, c.Store.ReportFailure, c.Store.ReportAct = b.execute, b.reportFailure, AuditAct
	c.Store.ReportWaiting, c.Store.EntryOfAct = b.reportWaiting, entryOfAct
	c.Store.ReportHead = b.record.noteGrowth
	c.Store.JournalVersion = journalVersion + commands.JournalVersion
	if b.rules, err = newPolicyInForce(ctx, c); err != nil {
		return nil, err
	}
	if b.engine, err = engine.Open(ctx, c.Store); err != nil {
		return nil, err
	}
	if err := b.begin(ctx); err != nil {
		return nil, errors.Join(err, b.engine.Close())
	}
	return b, nil
}

// newFeed is the configured feed; history hears of each new one.
func (b *Bot) newFeed(c Config) *symphony.Feed {
	c.Feed.Self = b.self.ID
	c.Feed.Live = func(symphony.DatafeedID) {
		b.history.noteNewFeed()
		if c.Live != nil {
			c.Live()
		}
	}
	return c.Client.Feed(c.Feed)
}

// begin sets up the admission and the metrics, and makes the first note of how far the feed was
// read.
func (b *Bot) begin(ctx context.Context) error {
	b.admission = newAdmission(b.engine, b.bounds)
	b.engine.SetLabel(b.rules.now().Version())
	if b.metrics == nil {
		b.metrics = NewMetrics()
	}
	if err := b.metrics.registry.Register(b.newGauges()); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	before, err := b.record.begin(ctx, b.engine)
	if err != nil {
		return err
	}
	b.notePolicyOfStart(ctx, before)
	return b.history.begin(ctx)
}

// signInPause is the pause before a pod that did not answer is asked again; the client has tried
// for a while by then.
const signInPause = 3 * time.Second

// maxEndedSessions is how many sessions may end at once, before Symphony is taken not to want the
// bot.
const maxEndedSessions = 5

// signIn asks Symphony who the bot is, again and again until it answers.
func signIn(ctx context.Context, client *symphony.Client) (symphony.User, error) {
	for ended := 0; ; { // sessions that ended at once
		self, err := client.Me(ctx)
		if errors.Is(err, symphony.ErrUnauthorized) {
			ended++
		}
		mayWork := errors.Is(err, symphony.ErrUnavailable) || ended > 0 && ended <= maxEndedSessions
		if err == nil || !mayWork || errors.Is(err, symphony.ErrLoginRejected) {
			return self, err
		}
		zerolog.Ctx(ctx).Warn().Err(err).Dur("after", signInPause).Msg("Symphony does not answer yet, will retry")
		select {
		case <-ctx.Done():
			return symphony.User{}, ctx.Err()
		case <-time.After(signInPause):
		}
	}
}

// Run works until ctx ends: it stops reading at once, lets the running jobs finish within the
// store's drain time, and returns nil. It returns an error when Symphony rejects the bot's
// credentials or the store breaks.
func (b *Bot) Run(ctx context.Context) error {
	log := zerolog.Ctx(ctx)
	log.Info().Str("username", b.self.Username).Msg("bot started")
	defer func() { log.Info().Msg("bot stopped") }()

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.engine.Run(ctx) })
	group.Go(func() error { return b.feed.Run(ctx, b.receive) })
	group.Go(func() error { return b.servePages(ctx) })
	group.Go(func() error { b.publishManifest(ctx); return nil })
	group.Go(func() error { b.refreshGroups(ctx); return nil })
	group.Go(func() error { b.history.run(ctx); return nil })
	group.Go(func() error { b.rules.watch(ctx, b.record.addPolicy, b.noteNewPolicy); return nil })
	group.Go(func() error { b.tellNews(ctx); return nil })
	group.Go(func() error { b.rules.groups.refresh(ctx, b.noteApprovalNews); return nil })
	group.Go(func() error { b.watchApprovals(ctx); return nil })
	group.Go(func() error { b.watchRules(ctx); return nil })
	group.Go(func() error { b.watchGrants(ctx); return nil })
	group.Go(func() error { b.record.run(ctx); return nil })
	err := group.Wait()
	b.record.end(context.WithoutCancel(ctx))
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Close releases the store. Call it after Run has returned.
func (b *Bot) Close() error { return b.engine.Close() }

// refreshGroups reads the directory ahead of the first question and again before it grows old, so
// that no request waits for it. A failure is no reason to stop: whoever asks for a group is told.
func (b *Bot) refreshGroups(ctx context.Context) {
	again := time.NewTicker(directoryRefresh)
	defer again.Stop()
	var before commands.GroupSource
	for ctx.Err() == nil {
		source, err := b.env.Groups.Refresh(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("groups could not be read; group: may not work until they can")
		case err == nil && source != before && (source == commands.UsersAPI || before != ""):
			zerolog.Ctx(ctx).Info().Msg("groups are read from the " + string(source))
		}
		before = source
		select {
		case <-ctx.Done():
		case <-again.C:
		}
	}
}

// publishManifest tells clients which commands there are, for their completion. Nothing of it is
// needed for work.
func (b *Bot) publishManifest(ctx context.Context) {
	log := zerolog.Ctx(ctx)
	manifest, err := b.catalogue.Manifest()
	if err != nil {
		log.Error().Err(err).Msg("command manifest could not be made")
		return
	}
	if err := b.client.SetManifest(ctx, manifest); err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("command manifest was not accepted; clients will not complete commands")
	}
}
