package commands

import (
	"time"

	"roombot/symphony"
)

// Env is what all commands work with.
type Env struct {
	Symphony *symphony.Client
	// Self is the bot's own account.
	Self   symphony.User
	Groups *GroupDirectory
	// Contact is whom users can ask about what the bot cannot do for them, as in "Ask … .".
	Contact string
	Limits  Limits
	// Pauses is what /pause and /resume work with.
	Pauses Pauser
	// Rules and Record are what /can, /why, /policy and /receipt ask.
	Rules  Rules
	Record Record
	// Approvals is what /approvals asks.
	Approvals Approvals
	// Grants is what /policy grants works with.
	Grants Grants
	// Clock measures how long an answer waits for the people who are being added.
	Clock Clock

	accounts *accountDirectory
}

// NewEnv fills in the default limits and the clock.
func NewEnv(env Env) *Env {
	env.Limits, env.Clock = env.Limits.withDefaults(), env.Clock.withDefaults()
	env.accounts = &accountDirectory{client: env.Symphony, now: time.Now, home: env.Self.ID.Tenant()}
	return &env
}

// Commands are all commands of this version.
func (env *Env) Commands() Catalogue {
	commands := Catalogue{env.newRoomCommand(), env.groupsCommand(), env.receiptCommand()}
	commands = append(commands, env.canCommand(commands), env.whyCommand(), env.approvalsCommand(), env.policyCommand(), env.pauseCommand(), env.resumeCommand())
	return append(commands, helpCommand(commands))
}

// IsExternal reports whether a person belongs to another company.
func (env *Env) IsExternal(who symphony.UserID) bool { return who.Tenant() != env.Self.ID.Tenant() }
