package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/bot/config/schema"
)

// document is a policy as administrators write it.
type document struct {
	Admins []schema.Value            `config:"admins" doc:"who may always use the commands about the policy"`
	Sets   map[string][]schema.Value `config:"sets" doc:"lists of people by a name, for set:NAME"`
	Deny   []denyRule                `config:"deny" doc:"rules that refuse; any that matches wins"`
	Allow  []allowRule               `config:"allow" doc:"rules that admit; the first that matches counts"`
	Tests  []testCase                `config:"tests" doc:"requests and what the policy must say to them"`
}

// ruleHead is what both kinds of rules have.
type ruleHead struct {
	Name     schema.Value   `config:"name,required" doc:"how decisions name the rule" eg:"\"everyone\""`
	Who      []schema.Value `config:"who,required" doc:"whom it is about" eg:"[\"internal\"]"`
	Where    []schema.Value `config:"where" doc:"in which conversations; everywhere by default"`
	Commands []schema.Value `config:"commands,required" doc:"which commands" eg:"[\"newroom\"]"`
	When     *when          `config:"when" doc:"what the request must be like"`
}

type allowRule struct {
	ruleHead
	Limits   *limitsText   `config:"limits" doc:"how many rooms one person may make by it"`
	Approval *approvalText `config:"approval" doc:"who has to approve it first"`
}

type limitsText struct {
	PerHour int `config:"perHour,min=1,max=100000" doc:"rooms in any hour"`
	PerDay  int `config:"perDay,min=1,max=100000" doc:"rooms in any 24 hours"`
}

type approvalText struct {
	When   *when          `config:"when" doc:"which requests need it; all by default"`
	By     []schema.Value `config:"by,required" doc:"who may approve" eg:"[\"set:approvers\"]"`
	Room   schema.Value   `config:"room" doc:"the room that gets the card, by roomid:ID; by default each approver gets one in their 1:1 chat"`
	Within time.Duration  `config:"within,default=24h,min=1m,max=720h" doc:"how long it is waited for"`
}

type denyRule struct {
	ruleHead
	Reason string `config:"reason,required" doc:"what the refused user reads" eg:"\"Contractors ask their desk head.\""`
}

// DefaultContact is whom a refused user should ask where nobody else is named.
const DefaultContact = "your Symphony administrators"

// Parse reads the text of a policy as schema.Parse does, for Compile.
func Parse(name string, content []byte, env func(name string) (string, bool)) (schema.Value, error) {
	rules, err := schema.Parse(name, content, env)
	return rules, schema.WithFixOfEmpty(err, `write at least one rule of "allow", such as {"allow": [{"name": "everybody", "who": ["internal"], "commands": ["newroom"]}]}`)
}

// Compile reads the rules {deny: […], allow: […]}. A missing value gives a policy that allows /help
// only. The error is a schema.Problems with everything that is wrong.
func Compile(rules schema.Value, o Options) (*Policy, error) {
	p := &Policy{contact: strings.TrimSpace(o.Contact)}
	if p.contact == "" {
		p.contact = DefaultContact
	}
	if rules.Node == nil {
		return p, nil
	}
	var doc document
	_, problems := rules.Decode(&doc)
	c := compiler{problems: problems, known: o.Commands, names: map[string]int{}, who: listNumberer{}, where: listNumberer{}}
	c.readSets(doc.Sets)
	p.admins, p.hash, p.document = c.subjects(doc.Admins, false), hashOf(rules), rules.JSON()
	for _, d := range doc.Deny {
		r := c.rule(d.ruleHead, true)
		r.reason = strings.TrimSpace(d.Reason)
		p.deny = append(p.deny, r)
	}
	for _, a := range doc.Allow {
		p.allow = append(p.allow, c.allowRule(a))
	}
	p.index, p.lists = newRuleIndex(p.deny, p.allow), listNumbers{who: len(c.who), where: len(c.where)}
	p.tests = c.tests(doc.Tests)
	c.reportUnusedSets()
	if len(c.problems) > 0 { // else the tests run, and report them with what else fails
		return nil, append(c.problems, p.unknownRules()...).Err()
	}
	return p, nil
}

// compiler turns written rules into comparable ones and gathers what is wrong with them.
type compiler struct {
	problems schema.Problems
	known    []string
	names    map[string]int // line of the rule that has the name
	sets     map[string]*set
	inSets   bool // the sets are being read
	who      listNumberer
	where    listNumberer
	copied   int // entries of sets that are in more than one list
}

func (c *compiler) allowRule(a allowRule) rule {
	r := c.rule(a.ruleHead, false)
	if a.Limits != nil {
		r.limits = Limits{PerHour: a.Limits.PerHour, PerDay: a.Limits.PerDay}
	}
	if a.Approval != nil {
		r.approval = c.approval(a.Approval)
	}
	return r
}

func (c *compiler) rule(a ruleHead, deny bool) rule {
	r := rule{line: a.Name.Line(), name: c.name(a.Name), at: a.Name}
	if r.line == 0 && len(a.Who) > 0 {
		r.line = a.Who[0].Line()
	}
	r.who = c.subjects(a.Who, deny)
	r.where = parseEntries(c, a.Where, deny, parsePlace)
	if len(a.Where) == 0 {
		r.where = []place{{kind: "*"}}
	}
	r.commands = c.commands(a.Commands, deny)
	r.when = c.conditions(a.When, deny)
	who := c.texts(a.Who)
	where := c.texts(a.Where)
	r.lists = listNumbers{who: c.who.number(who, deny), where: c.where.number(where, deny)}
	r.written = ruleText{who: strings.Join(who, ", "), where: strings.Join(where, ", "), commands: c.asWritten(a.Commands)}
	if r.written.where == "" {
		r.written.where = "*"
	}
	return r
}

func (c *compiler) text(v schema.Value) (string, bool) {
	if v.Node == nil {
		return "", false // missing: reported already
	}
	var text string
	_, problems := v.Decode(&text)
	c.problems = append(c.problems, problems...)
	return strings.TrimSpace(text), len(problems) == 0
}

func (c *compiler) name(v schema.Value) string {
	name, ok := c.text(v)
	if !ok {
		return ""
	}
	if name == "" {
		c.problems = append(c.problems, v.Problem("is empty", "write a name that decisions can show"))
		return ""
	}
	if line, twice := c.names[fold(name)]; twice {
		c.problems = append(c.problems, v.ProblemWith(&schema.InvalidValue{
			What: fmt.Sprintf("is also the name of the rule on line %d", line), Fix: "give each rule its own name",
		}))
		return name
	}
	c.names[fold(name)] = v.Line()
	return name
}

// entryParser reads an entry of an allow or a deny rule.
type entryParser[T any] func(text string, deny bool) (T, *schema.InvalidValue)

func parseEntries[T any](c *compiler, values []schema.Value, deny bool, parse entryParser[T]) []T {
	var out []T
	for _, v := range values {
		text, ok := c.text(v)
		if !ok {
			continue
		}
		entry, wrong := parse(text, deny)
		if wrong != nil {
			c.problems = append(c.problems, v.ProblemWith(wrong))
			continue
		}
		out = append(out, entry)
	}
	return out
}

// commands is the set of the commands named, nil for all.
func (c *compiler) commands(values []schema.Value, deny bool) map[string]bool {
	set := make(map[string]bool, len(values))
	all := false
	for _, v := range values {
		text, ok := c.text(v)
		if !ok {
			continue
		}
		if text == "*" {
			all = true
			continue
		}
		if wrong := c.checkCommand(text, deny); wrong != nil {
			c.problems = append(c.problems, v.ProblemWith(wrong))
			continue
		}
		set[commandName(text)] = true
	}
	if all {
		return nil
	}
	return set
}

func (c *compiler) checkCommand(text string, deny bool) *schema.InvalidValue {
	name := commandName(text)
	if deny && name == help {
		return &schema.InvalidValue{What: "cannot be denied: it is open to everybody", Fix: "remove it"}
	}
	if len(c.known) == 0 && name != "" {
		return nil
	}
	if slices.ContainsFunc(c.known, func(known string) bool { return commandName(known) == name }) {
		return nil
	}
	fix := `write "*" or one of ` + strings.Join(c.known, ", ")
	if near := schema.NearestName(name, c.known); near != "" {
		fix = fmt.Sprintf("did you mean %q?", near)
	}
	return &schema.InvalidValue{What: "is not a command", Fix: fix}
}

// asWritten is a list as the author of the rules wrote it, for explanations.
func (c *compiler) asWritten(values []schema.Value) string {
	return strings.Join(c.texts(values), ", ")
}

func (c *compiler) texts(values []schema.Value) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		var text string
		if _, problems := v.Decode(&text); len(problems) == 0 {
			out = append(out, strings.TrimSpace(text))
		}
	}
	return out
}
