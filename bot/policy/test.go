package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"roombot/bot/config/schema"
	"roombot/commands/syntax"
)

// testCase is a request and what the policy must say to it, as administrators write it.
type testCase struct {
	Name     schema.Value        `config:"name,required" doc:"what it shows" eg:"\"sales may\""`
	As       testPerson          `config:"as,required" doc:"who asks" eg:"{\"username\": \"alice\"}"`
	In       schema.Value        `config:"in" doc:"im, room:NAME or roomid:ID; im by default"`
	Run      string              `config:"run,required" doc:"the command as it is typed" eg:"\"/newroom \\\"Q2\\\"\""`
	Groups   map[string][]string `config:"groups" doc:"who is in which groups: usernames"`
	People   int                 `config:"people,min=1,max=100000" doc:"how many people it comes to with those behind groups; those named by default"`
	UsedHour int                 `config:"usedHour,min=0,max=100000" doc:"rooms made in the last hour"`
	UsedDay  int                 `config:"usedDay,min=0,max=100000" doc:"rooms made in the last day"`
	Expect   string              `config:"expect,required,oneof=allow|deny|approve|limit" doc:"the decision" eg:"\"allow\""`
	Rule     schema.Value        `config:"rule" doc:"the rule that must decide"`
}

type testPerson struct {
	Username string   `config:"username" doc:"as in the directory"`
	Email    string   `config:"email" doc:"as in the directory"`
	Groups   []string `config:"groups" doc:"all groups of the person"`
	Company  int64    `config:"company,min=1" doc:"number of another company"`
	UserID   int64    `config:"userid,min=1" doc:"the person's id"`
	External bool     `config:"external,default=false" doc:"of another company"`
	Bot      bool     `config:"bot,default=false" doc:"a service account"`
}

// RenamedTo gives the key that "user", as rules have it, is meant to be.
func (t *testPerson) RenamedTo(key string) string {
	if key == "user" {
		return "username"
	}
	return ""
}

// Test is a request of the policy's own tests.
type Test struct {
	Name   string
	Run    string              // the command as it is typed
	People int                 // with those behind groups; 0 for those named
	Groups map[string][]string // usernames of those in them, by the folded names
	Query  Query               // without command and plan, which are read from Run
	Expect Outcome
	Rule   string // the rule that must decide; empty for any

	at     schema.Value
	ruleAt schema.Value
}

// CommandReader knows the commands of the bot.
type CommandReader struct {
	// Read reads a command as it is typed. The plan is nil where the command has none.
	Read func(line string) (command string, plan *Plan, err error)
	// DecideWithoutRules decides about a command that no rule is about; nil where there is none.
	DecideWithoutRules func(command string, isAdmin bool) (d Decision, decided bool)
}

// Tests are the tests in the rules.
func (p *Policy) Tests() []Test {
	if p == nil {
		return nil
	}
	return slices.Clone(p.tests)
}

// RunTests runs the tests in the rules and returns those that fail, as problems at their place. The
// policy must be one whose names are not resolved: the tests name groups by their names.
func (p *Policy) RunTests(commands CommandReader) schema.Problems {
	var problems schema.Problems
	for _, t := range p.Tests() {
		if wrong := p.unknownRule(t); wrong != nil {
			problems = append(problems, *wrong)
			continue
		}
		command, plan, err := commands.Read(t.Run)
		if err != nil {
			problems = append(problems, t.problem(fmt.Sprintf("runs what is no command: %v", err), "correct \"run\""))
			continue
		}
		query := t.Query
		query.Command, query.Plan = command, plan
		t.tellGroups(&query)
		d := p.decideTest(commands, query)
		if d.Outcome() != t.Expect || t.Rule != "" && fold(t.Rule) != fold(d.Rule) {
			differs := "fails: expected " + describeOutcome(t.Expect, t.Rule) + ", got " + d.Summary()
			problems = append(problems, t.problem(differs, "correct the rules or the test"))
		}
	}
	return problems
}

// problem is what is wrong with a test, which goes by its name.
func (t Test) problem(message, fix string) schema.Problem {
	problem := t.at.Problem(fmt.Sprintf("test %q %s", t.Name, message), fix)
	problem.Path = ""
	return problem
}

// unknownRule is the problem of a test that expects a rule which the policy does not have, nil of
// others.
func (p *Policy) unknownRule(t Test) *schema.Problem {
	isExpected := func(r rule) bool { return fold(r.name) == fold(t.Rule) }
	if t.Rule == "" || slices.ContainsFunc(slices.Concat(p.deny, p.allow), isExpected) {
		return nil
	}
	problem := t.ruleAt.ProblemWith(&schema.InvalidValue{What: "is no rule", Fix: "write the name of a rule"})
	return &problem
}

// unknownRules are the problems of all tests that expect a rule which there is not.
func (p *Policy) unknownRules() (problems schema.Problems) {
	for _, t := range p.tests {
		if wrong := p.unknownRule(t); wrong != nil {
			problems = append(problems, *wrong)
		}
	}
	return problems
}

// decideTest decides as the bot does, which asks no rule about some commands.
func (p *Policy) decideTest(commands CommandReader, q Query) Decision {
	if d, decided := commands.decideWithoutRules(q.Command, p.IsAdmin(q.User)); decided {
		return d
	}
	return p.Decide(q)
}

func (c CommandReader) decideWithoutRules(command string, isAdmin bool) (d Decision, decided bool) {
	if c.DecideWithoutRules == nil {
		return Decision{}, false
	}
	return c.DecideWithoutRules(command, isAdmin)
}

func describeOutcome(o Outcome, rule string) string {
	if rule == "" {
		return string(o)
	}
	return fmt.Sprintf("%s by rule %q", o, rule)
}

// Summary is the decision in one line: the outcome, the rule and what did not fit.
func (d Decision) Summary() string {
	text := describeOutcome(d.Outcome(), d.Rule)
	if d.Grant != 0 {
		text = string(d.Outcome()) + " by " + d.Rule
	}
	if d.Rule == "" && d.Nearest != "" {
		text += fmt.Sprintf("; the nearest rule is %q (line %d)", d.Nearest, d.NearestLine)
	}
	if why := d.Why(); why != "" {
		text += ": " + why
	}
	return text
}

// Why says in words why the request is not allowed; empty where it is.
func (d Decision) Why() string {
	switch {
	case d.Reason != "":
		return d.Reason
	case len(d.Advice) > 0:
		return strings.Join(d.Advice, " ")
	}
	return denialTexts[d.Denial]
}

// WhyForUser is Why without whom rules are for and where they hold, which not everybody may know.
func (d Decision) WhyForUser() string { return cmp.Or(d.Reason, denialTexts[d.Denial]) }

var denialTexts = map[Denial]string{
	ByDefault:      "No rule allows it.",
	LimitReached:   "You have opened as many rooms as you may for now.",
	OutsideIM:      "It is allowed only in the 1:1 chat with the bot.",
	UnknownRoom:    "The rule is about the room's name, which is not known.",
	UnknownAddress: "The rule is about a username or an address that is not known.",
	UnknownAccount: "The rule is about an account that the directory does not show.",
	UnknownGroup:   "The rule is about the people in a group, and these are not known.",
	UnknownMember:  "The rule is about who is brought in, and not all is known of one of them.",
}

func (c *compiler) tests(written []testCase) []Test {
	names := map[string]int{}
	var out []Test
	for _, w := range written {
		name, _ := c.text(w.Name)
		if line, twice := names[fold(name)]; twice && name != "" {
			c.problems = append(c.problems, w.Name.Problem(fmt.Sprintf("is also the name of the test on line %d", line), "give each test its own name"))
		}
		names[fold(name)] = w.Name.Line()
		t := Test{Name: name, Run: w.Run, People: w.People, Groups: foldGroups(w.Groups), Expect: Outcome(w.Expect), at: w.Name, ruleAt: w.Rule}
		t.Query = Query{User: w.As.subject(), Used: &Used{Hour: w.UsedHour, Day: w.UsedDay}, Where: c.testPlace(w.In)}
		t.Rule, _ = c.text(w.Rule)
		out = append(out, t)
	}
	return out
}

func (c *compiler) testPlace(v schema.Value) Place {
	if v.Node == nil {
		return Place{Kind: IM}
	}
	text, ok := c.text(v)
	where, wrong := ParsePlace(text)
	if ok && wrong != nil {
		c.problems = append(c.problems, v.ProblemWith(wrong))
	}
	return where
}

// ParsePlace reads a conversation as tests and the shell name it: im, room:NAME or roomid:ID.
func ParsePlace(text string) (Place, *schema.InvalidValue) {
	kind, rest, _ := strings.Cut(text, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case text == "im":
		return Place{Kind: IM}, nil
	case kind == "room" && rest != "":
		return Place{Kind: Room, RoomName: rest}, nil
	case kind == "roomid" && streamIDs.MatchString(linkedStreamID(rest)):
		return Place{Kind: Room, StreamID: linkedStreamID(rest)}, nil
	}
	return Place{}, &schema.InvalidValue{What: "is no conversation", Fix: `write "im", "room:NAME" or "roomid:STREAMID"`}
}

func (t testPerson) subject() Subject {
	who := PersonByNames(t.Username, t.Email, t.Groups...)
	who.ID, who.Company, who.External = t.UserID, t.Company, t.External || t.Company != 0
	if t.Bot {
		who.Kind = ServiceAccount
	}
	return who
}

// PersonByNames is somebody of the own company, for a policy whose names are not resolved. A
// username or an address that is left out is one that no rule names.
func PersonByNames(username, email string, groups ...string) Subject {
	return Subject{
		Kind: PersonAccount, Username: cmp.Or(username, "somebody"), Email: cmp.Or(email, "somebody@example.invalid"),
		Groups: GroupsByName(groups...), AllGroups: true,
	}
}

// GroupsByName are the groups of a Subject for a policy whose names are not resolved.
func GroupsByName(names ...string) map[string]bool {
	in := make(map[string]bool, len(names))
	for _, name := range names {
		in[syntax.FoldGroupName(name)] = true
	}
	return in
}
