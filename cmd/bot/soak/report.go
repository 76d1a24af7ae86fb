package soak

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// Tally counts requests by how many they have of something.
type Tally struct {
	None    int `json:"none"`
	One     int `json:"one"`
	Several int `json:"several"`
}

func (t *Tally) count(n int) {
	switch n {
	case 0:
		t.None++
	case 1:
		t.One++
	default:
		t.Several++
	}
}

// AuditResult is what the audit found.
type AuditResult struct {
	Sent    int   `json:"sent"`
	Rooms   Tally `json:"rooms"`   // per request
	Answers Tally `json:"answers"` // per request: final ones
	Missing int   `json:"missing"` // people who should be in a room and are not
	Extra   int   `json:"extra"`   // people who are in a room and should not
	Owners  int   `json:"owners"`  // people who own a room and should not, or the other way round
	Wrong   int   `json:"wrong"`   // answers that do not say what happened
	Lost    int   `json:"lost"`    // requests with neither room nor answer
	Stray   int   `json:"stray"`   // rooms and answers that belong to no request
	Planted int   `json:"planted"` // rooms of a stranger with the number of a request
	Used    int   `json:"used"`    // of those, used by the bot
	Entries int   `json:"entries"` // of the audit record, compared with the rooms

	Denied      int           `json:"denied"`      // requests that a rule has refused, or that none admits
	Limited     int           `json:"limited"`     // requests that a limit has refused
	NotApproved int           `json:"notApproved"` // requests that nobody has approved
	Withdrawn   int           `json:"withdrawn"`   // requests that who has made them has withdrawn
	OverLimit   int           `json:"overLimit"`   // rooms that a limit should have refused
	Versions    int           `json:"versions"`    // of the policy, one after the other
	FaultyTexts int           `json:"faultyTexts"` // of the policy, which must change nothing
	SlowestEdit time.Duration `json:"slowestEdit"` // from a change of the policy's file until all bots had it
	Pauses      int           `json:"pauses"`

	Questions map[string]int `json:"questions"` // to approvers: how many were asked, and how they ended
	Clicks    int            `json:"clicks"`    // of approvers, of those who withdraw a request, and about access
	Cards     int            `json:"cards"`     // that approvers have got
	OpenCards int            `json:"openCards"` // of those, with buttons in the end

	Grants     map[string]int `json:"grants"`     // what was done about access, as often as the record has it
	GrantRooms int            `json:"grantRooms"` // that a grant has let be opened
	GrantCards int            `json:"grantCards"` // that administrators have got

	Errors   []trial.Line `json:"errors"`
	Findings []Finding    `json:"findings"`
}

// IsExact reports whether each request has exactly one answer, and exactly one room unless the
// policy refused it, and nothing else is wrong.
func (a AuditResult) IsExact() bool {
	return a.Rooms.One+a.Denied+a.Limited+a.NotApproved+a.Withdrawn == a.Sent && a.Answers.One == a.Sent && len(a.Findings) == 0 && len(a.Errors) == 0 && a.Stray == 0
}

// Report is the outcome of a soak.
type Report struct {
	AuditResult
	Seed        int64          `json:"seed"`
	Faults      map[string]int `json:"faults"` // how often each kind struck
	Kills       int            `json:"kills"`
	FeedsKilled int            `json:"feedsKilled"`
	Replicas    int            `json:"replicas"`
	Took        time.Duration  `json:"took"`
	Peak        int64          `json:"peak"`   // bytes: the most that one process of a bot held
	Stored      int64          `json:"stored"` // bytes by which the stores have grown
	HTTPTimeout time.Duration  `json:"httpTimeout"`
	SearchLag   time.Duration  `json:"searchLag"`
	Visibility  time.Duration  `json:"visibility"`
	Outages     []Outage       `json:"outages,omitempty"`
}

// HasKeptPromise reports whether all is exact and nothing is wrong with the outages.
func (r Report) HasKeptPromise() bool {
	return r.IsExact() && !slices.ContainsFunc(r.Outages, func(o Outage) bool { return len(o.Wrong) > 0 })
}

func (s *soak) auditPod(ctx context.Context, took time.Duration) (Report, error) {
	state, err := s.trial.Pod.State(ctx)
	if err != nil {
		return Report{}, err
	}
	world := Outcome{
		Rooms: state.Rooms, Planted: s.decoys.planted, Messages: s.ledger.botMessages(), Names: displayNames(state.People),
		Errors: s.unexpectedEnds,
	}
	if world.Record, err = s.readRecord(ctx); err != nil {
		return Report{}, err
	}
	plan, chats := slices.Concat(s.plan, s.grants.sent), chatsWithBot(state)
	for _, c := range plan {
		if c.isSentInFullRoom() {
			c.WarningIn = chats[c.As]
		}
	}
	if s.Govern {
		s.governance.Chats, s.governance.Kills = chats, s.kills
		s.governance.People, s.governance.Clicks = activePeople(state.People), s.approvers.clicks()
		s.governance.GrantClicks, s.governance.Revocations = s.grants.made, s.grants.revoked
		for _, r := range s.grants.revoked {
			if r.Command != nil {
				s.governance.Commands = append(s.governance.Commands, r.Command)
			}
		}
		world.Governance = &s.governance
	}
	r := Report{
		Seed: s.Seed, Faults: s.faults, Kills: s.kills, FeedsKilled: s.feedsKilled, Replicas: s.Replicas, Took: took,
		HTTPTimeout: s.HTTPTimeout, SearchLag: s.SearchLag, Visibility: s.Visibility, Outages: s.outageResults,
	}
	for _, b := range s.trial.Bots {
		lines, err := b.Errors()
		if err != nil {
			return Report{}, err
		}
		world.Errors = append(world.Errors, s.dropExpected(lines)...)
		r.Peak = max(r.Peak, b.Usage().Peak)
	}
	stored, err := s.trial.StoreSize(ctx)
	r.Stored = stored - s.stored
	r.AuditResult = Audit(plan, world)
	return r, err
}

// faultyText is what a bot logs about a policy that it does not take.
const faultyText = "policy was not changed, the new text is faulty"

// dropExpected leaves out what a bot logs about the faulty texts of the policy, once about each.
func (s *soak) dropExpected(lines []trial.Line) (left []trial.Line) {
	expected := s.governance.FaultyTexts
	for _, l := range lines {
		if l.Message == faultyText && expected > 0 {
			expected--
			continue
		}
		left = append(left, l)
	}
	return left
}

// chatsWithBot are the ids of the 1:1 chats with the bot, by username.
func chatsWithBot(state client.State) map[string]string {
	chats := map[string]string{}
	for _, c := range state.Chats {
		if len(c.Members) != 2 {
			continue
		}
		for i, m := range c.Members {
			if m.Username == botName {
				chats[c.Members[1-i].Username] = c.StreamID
			}
		}
	}
	return chats
}

// activePeople are the user ids of active accounts, by username.
func activePeople(people []client.Person) map[string]int64 {
	ids := map[string]int64{}
	for _, p := range people {
		if p.Active {
			ids[p.Username] = p.ID
		}
	}
	return ids
}

// displayNames are the names of people by their usernames.
func displayNames(people []client.Person) map[string]string {
	names := map[string]string{}
	for _, p := range people {
		names[p.Username] = p.DisplayName
	}
	return names
}

// maxFindings is how many are printed; --json has all.
const maxFindings = 20

// Print writes the report as a table, with the findings.
func (r Report) Print(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	row := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%s\t%s\n", label, fmt.Sprintf(format, args...))
	}
	row("Commands", "%d sent, seed %d", r.Sent, r.Seed)
	row("Rooms per request", "%s", r.Rooms)
	row("Answers per request", "%s", r.Answers)
	row("People", "%d missing, %d extra, %d owners wrong", r.Missing, r.Extra, r.Owners)
	row("Answers not right", "%d", r.Wrong)
	row("Lost", "%d", r.Lost)
	row("Stray rooms or answers", "%d", r.Stray)
	if r.Planted > 0 {
		row("Rooms of a stranger", "%d planted, %d used", r.Planted, r.Used)
	}
	row("Audit record", "%d entries", r.Entries)
	if r.Versions > 0 {
		row("Refused", "%d by a rule or since none admits it, %d by a limit; %d rooms beyond a limit", r.Denied, r.Limited, r.OverLimit)
		row("Approvals", "%s; %d requests not approved, %d withdrawn", countActs(r.Questions), r.NotApproved, r.Withdrawn)
		row("Cards", "%d, %d with buttons in the end; %d clicks", r.Cards, r.OpenCards, r.Clicks)
		row("Access", "%s; %d rooms by a grant, %d cards", countActs(r.Grants), r.GrantRooms, r.GrantCards)
		row("Policy", "%d versions, each in force after %s at most; %d faulty texts", r.Versions, formatDuration(r.SlowestEdit), r.FaultyTexts)
		row("Pauses", "%d", r.Pauses)
	}
	row("Unexplained errors", "%d", len(r.Errors))
	row("Bots", "%d, killed %d times, peak memory %.1f MiB", r.Replicas, r.Kills, trial.Usage{Peak: r.Peak}.MiB())
	row("Disk per request", "%.1f KiB", float64(r.Stored)/float64(max(1, r.Sent))/1024)
	row("Faults", "%s", r.faultSummary())
	row("Timings", "roombot.httpTimeout %s, roombot.searchLag %s, the pod's visibility %s", r.HTTPTimeout, r.SearchLag, r.Visibility)
	row("Took", "%s", r.Took.Round(100*time.Millisecond))
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.Outages) > 0 {
		if err := r.printOutages(to); err != nil {
			return err
		}
	}
	return r.printFindings(to)
}

func (t Tally) String() string {
	return fmt.Sprintf("%d one, %d none, %d several", t.One, t.None, t.Several)
}

// countActs says how many questions there were, and what has become of them.
func countActs(acts map[string]int) string {
	list := []string{fmt.Sprintf("%d %s", acts[actAsked], actAsked)}
	for _, act := range slices.Sorted(maps.Keys(acts)) {
		if act != actAsked {
			list = append(list, fmt.Sprintf("%d %s", acts[act], act))
		}
	}
	return strings.Join(list, ", ")
}

func (r Report) faultSummary() string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(r.Faults)) {
		list = append(list, fmt.Sprintf("%s %d", name, r.Faults[name]))
	}
	if r.FeedsKilled > 0 {
		list = append(list, fmt.Sprintf("feed-killed %d", r.FeedsKilled))
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (r Report) printFindings(to io.Writer) error {
	for i, f := range r.Findings {
		if i == maxFindings {
			fmt.Fprintf(to, "… and %d more\n", len(r.Findings)-i)
			break
		}
		fmt.Fprintf(to, "\n✗ %s\n  %s\n  request %s\n", f.What, f.Command, f.Request)
	}
	for i, line := range r.Errors {
		if i == maxFindings {
			fmt.Fprintf(to, "… and %d more\n", len(r.Errors)-i)
			break
		}
		fmt.Fprintf(to, "\n✗ %s: %s\n", line.Bot, line.Text)
	}
	verdict := "\n✓ Exactly one room and one answer for each request.\n"
	if r.Versions > 0 {
		verdict = "\n✓ Exactly one answer for each request, and exactly one room for each that the policy allowed.\n"
	}
	switch {
	case !r.IsExact():
		verdict = "\n✗ Not everything is exactly one.\n"
	case !r.HasKeptPromise():
		verdict = "\n✗ Exactly one room and one answer for each request, but a recovery from an outage was not as it should be.\n"
	}
	_, err := fmt.Fprint(to, verdict)
	return err
}
