package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony"
)

// A grant is an exception from the policy that an administrator has made for somebody, who has
// asked for it by a button of a refusal. It stands in the store as a permit. The policy is given
// the grants of a person with each question, and says where one of them decides.

// maxAccessRequests is how many of somebody's requests for access may wait for a decision.
const maxAccessRequests = 20

type (
	// grantText is the text of a permit. It is a stored format: fields are added, none is renamed.
	grantText struct {
		Scope policy.Scope `json:"scope"`
		Name  string       `json:"name,omitempty"` // of the room that it is for
	}
	// grantDetail is the detail of a permit, which is erased once the decision was told.
	grantDetail struct {
		Request commands.RequestID     `json:"request"` // that was refused
		From    string                 `json:"from"`    // name and company
		Access  commands.AccessRequest `json:"access"`
		Lines   []string               `json:"lines,omitempty"`
		Fault   string                 `json:"fault,omitempty"`
		// Rule is the allow rule that came closest, where Approvers would have had to approve it.
		Rule      string   `json:"rule,omitempty"`
		Approvers []string `json:"approvers,omitempty"`
	}
	// grantBody is the body of an entry of the record about a grant.
	grantBody struct {
		Act      string             `json:"act"` // asked, granted, refused, ended, revoked, used, returned or expired
		N        int64              `json:"n"`
		For      symphony.UserID    `json:"for"`
		Command  string             `json:"command"`
		Room     string             `json:"room,omitempty"` // stream id, of a grant for a room
		Key      string             `json:"key"`            // is equal for two grants that admit the same
		Times    int                `json:"times,omitempty"`
		Until    string             `json:"until,omitempty"`
		Once     bool               `json:"once,omitempty"`
		Version  string             `json:"version,omitempty"` // of the policy
		Operator string             `json:"operator,omitempty"`
		Refused  commands.RequestID `json:"refused,omitempty"` // the request that was refused
		// Decider has made the grant that is used, and when.
		Decider symphony.UserID `json:"decider,omitempty"`
		Decided string          `json:"decided,omitempty"`
	}
	// grantedBody says in the body of a decision who has made the grant that admits, and when.
	grantedBody struct {
		By symphony.UserID `json:"by"`
		At string          `json:"at"`
	}
	// grantFacts are what is personal beside it.
	grantFacts struct {
		By     string   `json:"by,omitempty"` // name
		From   string   `json:"from,omitempty"`
		Typed  string   `json:"typed,omitempty"`
		Bounds []string `json:"bounds,omitempty"`
	}
)

// readGrant is a permit as the policy knows it.
func readGrant(p engine.Permit) (g policy.Grant, text grantText, err error) {
	if err := json.Unmarshal(p.Text, &text); err != nil {
		return policy.Grant{}, grantText{}, fmt.Errorf("read a grant: %w", err)
	}
	who, err := strconv.ParseInt(p.Owner, 10, 64)
	if err != nil {
		return policy.Grant{}, grantText{}, fmt.Errorf("read whom a grant is for: %w", err)
	}
	return policy.Grant{N: p.N, Who: who, Scope: text.Scope}, text, nil
}

// grantsOf are the grants for who asks that are good now. A bot that only asks its policy has none.
func (b *Bot) grantsOf(ctx context.Context, r *commands.Request) ([]policy.Grant, error) {
	if b.engine == nil {
		return nil, nil
	}
	permits, err := b.engine.PermitsFor(ctx, ownerOf(r.From.ID), r.Job)
	if err != nil {
		return nil, err
	}
	var grants []policy.Grant
	for _, p := range permits {
		g, _, err := readGrant(p)
		if err != nil {
			return nil, err
		}
		grants = append(grants, g)
	}
	return grants, nil
}

// accessToAskFor is what the button of a refusal asks for; nil without that button: a deny rule
// refuses the request or might, it was not read whole, or there is nobody who could decide.
func (a *attempt) accessToAskFor(ctx context.Context, r *commands.Request, rules *policy.Policy, query policy.Query, d policy.Decision) *commands.AccessRequest {
	if !d.MayBeGranted() || !rules.HasAdmins() || r.Preview() || a.said.Text == "" || a.request.isAccess() {
		return nil
	}
	if query.Plan == nil {
		if query.Plan = a.typedPlan(); query.Plan == nil && a.bot.writes(r.Command) {
			return nil
		}
	}
	if rules.MayRefuse(query) || a.isOnlyAdmin(ctx) {
		return nil
	}
	return a.accessAgain()
}

// isOnlyAdmin reports whether who asks is the only administrator, as far as the groups of
// administrators can be read.
func (a *attempt) isOnlyAdmin(ctx context.Context) bool {
	is, err := a.bot.isAdmin(ctx, a.request.From.ID)
	if !is || err != nil {
		return false
	}
	all, err := a.bot.findAdmins(ctx, a.bot.rules.now())
	return err == nil && len(all) == 1
}

// accessAgain is what a button asks for that asks for what was said.
func (a *attempt) accessAgain() *commands.AccessRequest {
	chat, command := a.request.chat(), a.said
	command.Room = chat.Room
	return &commands.AccessRequest{Command: command, Stream: chat.Stream, Room: chat.Room, Name: chat.Name}
}

func (b *Bot) writes(command string) bool {
	c, _ := b.catalogue.Lookup(command)
	return c.Writes()
}

// keyOfGrant is equal for two grants of somebody that admit the same.
func keyOfGrant(scope policy.Scope) (string, error) {
	text, err := json.Marshal(scope)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), err
}

func termsOf(text grantText) commands.GrantTerms {
	return commands.GrantTerms{
		Command: text.Scope.Command, Room: text.Scope.Room != "", Where: text.Name, Bounds: text.Scope.Conditions(),
		HasPlan: text.Scope.Plan != nil, BindsPeople: text.Scope.Plan != nil && text.Scope.Plan.Members != nil,
	}
}

// entryOfGrant is the entry of the record about what has become of a grant.
func entryOfGrant(
	p engine.Permit, act, request, part string, actor symphony.UserID, change func(*grantBody, *grantFacts),
) engine.RecordEntry {
	g, text, err := readGrant(p)
	if err != nil { // what the bot has stored it can read
		text = grantText{}
	}
	body := grantBody{
		Act: act, N: p.N, For: symphony.UserID(g.Who), Command: text.Scope.Command, Room: text.Scope.Room, Key: p.Key, Once: p.Once,
	}
	if !p.Until.IsZero() {
		body.Until = formatGrantTime(p.Until)
	}
	told := grantFacts{Bounds: text.Scope.Conditions()}
	if change != nil {
		change(&body, &told)
	}
	entry, facts := audit.New(audit.Grant, request, fmt.Sprintf("grant/%d/%s", p.N, part), body).WithFacts(told)
	entry.Actor = int64(actor)
	return engine.RecordEntry{Entry: entry, Facts: &facts}
}

// permitUse is what the request needs to be let do what a grant admits.
func (a *attempt) permitUse() engine.PermitUse {
	if a.granted == nil {
		return engine.PermitUse{}
	}
	return engine.PermitUse{N: a.granted.N, Entry: a.entryOfUse("used", *a.granted)}
}

// grantedOf says who has made a grant; nil where that cannot be read.
func grantedOf(p engine.Permit) *grantedBody {
	decider, err := strconv.ParseInt(p.Decider, 10, 64)
	if err != nil {
		return nil
	}
	return &grantedBody{By: symphony.UserID(decider), At: formatGrantTime(p.Decided)}
}

// grantor is who has made the grant that admits the request; nil where none does.
func (a *attempt) grantor(ctx context.Context) *commands.Person {
	if a.granted == nil {
		return nil
	}
	granted := grantedOf(*a.granted)
	if granted == nil {
		return nil
	}
	return &commands.Person{ID: granted.By, Name: a.bot.nameOf(ctx, granted.By)}
}

// entryOfUse is the entry about a grant that a request uses. It says who has made the grant.
func (a *attempt) entryOfUse(act string, p engine.Permit) engine.RecordEntry {
	return entryOfGrant(p, act, string(a.id), act, a.request.From.ID, func(b *grantBody, _ *grantFacts) {
		if granted := grantedOf(p); granted != nil {
			b.Decider, b.Decided = granted.By, granted.At
		}
	})
}

func formatGrantTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// noteGrant notes which grant has admitted the request last.
func (a *attempt) noteGrant(ctx context.Context, d policy.Decision) error {
	a.granted = nil
	if d.Grant == 0 {
		return nil
	}
	p, found, err := a.bot.engine.Permit(ctx, d.Grant)
	if found {
		a.granted = &p
	}
	return err
}

// useGrantAgain has a request use the grant that admits it, where an earlier attempt has had its
// first intention by another decision.
func (a *attempt) useGrantAgain(ctx context.Context) error {
	written, err := commands.MayHaveWritten(ctx, a)
	if err != nil || !written {
		return err
	}
	return a.useGrant(ctx)
}

// useGrant has a request that only reads use the grant that admits it.
func (a *attempt) useGrant(ctx context.Context) error {
	a.Permit = a.permitUse()
	return a.checkGrant(ctx, a.UsePermit(ctx))
}

// tellUsedUp ends an answer with that the grant by which it was given was for once.
func (a *attempt) tellUsedUp(ctx context.Context, reply commands.Reply) (commands.Reply, error) {
	n := a.lastDecision().Grant
	if n == 0 {
		return reply, nil
	}
	permits, err := a.bot.engine.PermitsFor(ctx, ownerOf(a.request.From.ID), a.ID)
	isUsedUp := func(p engine.Permit) bool { return p.N == n && p.State == engine.PermitUsed }
	if err == nil && slices.ContainsFunc(permits, isUsedUp) {
		reply = commands.AddUsedUp(reply)
	}
	return reply, err
}

// returnGrant has a grant that the request has used up be good again: nothing came of it.
func (a *attempt) returnGrant(ctx context.Context) error {
	return a.ReleasePermit(ctx, func(p engine.Permit) engine.RecordEntry { return a.entryOfUse("returned", p) })
}

// checkGrant is a refusal for the error of a grant that is good no more. The decision by it is
// taken back in the record.
func (a *attempt) checkGrant(ctx context.Context, err error) error {
	if !errors.Is(err, engine.ErrPermitEnded) {
		return err
	}
	zerolog.Ctx(ctx).Info().Int64("grant", a.granted.N).Msg("grant has ended before the request could use it")
	if err := a.takeDecisionBack(ctx, policy.Deny, policy.ByDefault, []decisionCheck{{Key: "grant", What: "the grant is in force"}}); err != nil {
		return err
	}
	rules := a.bot.rules.now()
	refusal := commands.DeniedByDefault(a.command, rules.Contact())
	if a.asked != nil && a.said.Text != "" && !rules.MayRefuse(*a.asked) {
		refusal.Access = a.accessAgain()
	}
	return refusal
}
