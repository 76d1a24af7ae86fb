package commands

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// The forms that the bot posts.
const (
	FormNewRoom = "roombot-newroom"
	FormOffer   = "roombot-offer"
)

// OwnForm reports whether a form of this id is one of the bot's.
func OwnForm(id string) bool { return id == FormNewRoom || id == FormOffer }

// buttonCreate is the only button of the form that submits it.
const buttonCreate = "create"

type formFlag struct{ key, label string }

// formFlags are the yes/no options that the form offers.
var formFlags = []formFlag{
	{"public", "Anybody in the company can join"},
	{"external", "People from other companies can be invited"},
	{"readonly", "Only owners can write"},
	{"nocopy", "Copying is off, for good"},
	{"history", "Newcomers see earlier messages"},
	{"members-can-add", "Members can add others"},
}

// sheet is what stands in the form's fields.
type sheet struct {
	name, groups, desc, others string
	people, owners             []int64
	flags                      map[string]bool
}

// mostText is how many characters a field holds at first; what is beyond would
// be lost (MessageML, textarea).
const mostText = 10_000

// Form asks for what is missing, filled in with all that was understood.
func (d *Desk) Form(f *syntax.Form) (Reply, error) {
	s := prefilled(f.Prefill)
	if slices.ContainsFunc([]string{s.groups, s.desc, s.others}, func(text string) bool { return utf8.RuneCountInString(text) > mostText }) {
		return Reply{}, &Refusal{
			Code:    "form-too-long",
			Message: "That is more than the form can hold." + nothing,
			Next:    "Please correct the command itself and send it again.",
		}
	}
	return Reply{Code: CodeForm, Body: []messageml.Node{
		messageml.Paragraph(messageml.Text("What should the room be called, and who comes in?")),
		s.form(),
	}}, nil
}

// Again is a refusal with the form below it as it was sent, if one was:
// Symphony's client closes a form that was sent. Where a button opens the
// corrected one, that will do.
func (r *Refusal) Again(sent symphony.FormValues) Reply {
	reply := r.Reply()
	if sent != nil && !r.Final && !slices.ContainsFunc(r.Offers, func(o Offer) bool { return o.Edit }) {
		reply.Body = append(reply.Body, filledIn(sent).form())
	}
	return reply
}

func (s sheet) form() messageml.Node {
	fields := []messageml.Node{
		messageml.TextField{Name: "name", Label: "Room name", Value: s.name, Placeholder: "Q2 Earnings", Required: true, MaxLength: syntax.MaxName},
		messageml.PersonSelector{Name: "people", Label: "People", Value: s.people},
		messageml.PersonSelector{Name: "owners", Label: "Owners besides you", Value: s.owners},
		messageml.TextArea{Name: "groups", Label: "Groups", Value: s.groups, Placeholder: `"Test Group", Sales`},
		messageml.TextArea{Name: "desc", Label: "Description", Value: s.desc},
		messageml.TextArea{Name: "others", Label: "More people or options, as in the command", Value: s.others, Placeholder: "carol@bank.com owner:@dave discoverable"},
	}
	for _, flag := range formFlags {
		fields = append(fields, messageml.Checkbox{Name: flag.key, Value: "yes", Label: flag.label, Checked: s.flags[flag.key]})
	}
	return messageml.Form(FormNewRoom, append(fields,
		messageml.Button{Name: buttonCreate, Label: "Create the room"},
		messageml.Button{Label: "Reset", Type: messageml.Reset, Class: messageml.Secondary},
	)...)
}

// prefilled is what was understood of a command.
func prefilled(given syntax.Invocation) sheet {
	s := sheet{
		name: given.Name, groups: strings.Join(quoted(given.Groups), ", "), desc: given.Value("desc"), others: rest(given),
		people: given.Users, owners: mentioned(given.Persons("owner")), flags: map[string]bool{},
	}
	for _, flag := range formFlags {
		s.flags[flag.key], _ = given.Flag(flag.key)
	}
	return s
}

// filledIn is what a user sent.
func filledIn(values symphony.FormValues) sheet {
	s := sheet{
		name: field(values, "name"), groups: field(values, "groups"), desc: field(values, "desc"), others: field(values, "others"),
		people: chosen(values, "people"), owners: chosen(values, "owners"), flags: map[string]bool{},
	}
	for _, flag := range formFlags {
		s.flags[flag.key] = values.Checked(flag.key)
	}
	return s
}

// rest is what has no field of its own in the form, as it is typed.
func rest(given syntax.Invocation) string {
	var c composer
	for _, who := range peopleOf(given) {
		if who.UserID == 0 && !slices.Contains(given.Persons("owner"), who) {
			c.text(" ")
			c.person(who)
		}
	}
	left := map[string]any{}
	for key, value := range given.Options {
		if shown := value == true && isFormFlag(key) || key == "desc"; !shown {
			left[key] = value
		}
	}
	left["owner"] = slices.DeleteFunc(slices.Clone(given.Persons("owner")), func(p syntax.PersonRef) bool { return p.UserID != 0 })
	c.options(left)
	return strings.TrimSpace(c.b.String())
}

func isFormFlag(key string) bool {
	return slices.ContainsFunc(formFlags, func(f formFlag) bool { return f.key == key })
}

func mentioned(people []syntax.PersonRef) []int64 {
	var ids []int64
	for _, p := range people {
		if p.UserID != 0 {
			ids = append(ids, p.UserID)
		}
	}
	return ids
}

// FromForm reads a submitted form as the command line it stands for, so that
// one parser holds all rules.
func (d *Desk) FromForm(ctx context.Context, values symphony.FormValues) (syntax.Message, error) {
	if values.Action() != buttonCreate {
		return syntax.Message{}, Expired()
	}
	s, c := filledIn(values), composer{}
	c.text("/newroom " + syntax.Quote(s.name))
	if err := d.selected(ctx, &c, s.people, " "); err != nil {
		return syntax.Message{}, err
	}
	if err := d.selected(ctx, &c, s.owners, " owner:"); err != nil {
		return syntax.Message{}, err
	}
	if s.groups != "" {
		c.text(" group:" + listed(s.groups))
	}
	if s.desc != "" {
		c.text(" desc:" + syntax.Quote(s.desc))
	}
	for _, flag := range formFlags {
		if s.flags[flag.key] {
			c.text(" " + flag.key + ":yes")
		}
	}
	if s.others != "" {
		c.text(" " + s.others)
	}
	return c.done(), nil
}

// selected mentions whoever was chosen in a person selector, each after the
// prefix.
func (d *Desk) selected(ctx context.Context, c *composer, ids []int64, prefix string) error {
	if len(ids) == 0 {
		return nil
	}
	users, err := d.Symphony.UsersByID(ctx, converted[symphony.UserID](ids)...)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return unreadable("the people you chose")
	case err != nil:
		return err
	}
	names := map[int64]string{}
	for _, u := range users {
		names[int64(u.ID)] = u.DisplayName
	}
	for _, id := range ids {
		c.text(prefix)
		c.mention(id, names[id])
	}
	return nil
}

// field is the trimmed value of a text field.
func field(values symphony.FormValues, name string) string {
	return strings.TrimSpace(values.Text(name))
}

// chosen are the people in a selector; what is no list of people chooses nobody.
func chosen(values symphony.FormValues, name string) []int64 {
	users, _ := values.Users(name)
	return converted[int64](users)
}

func converted[To, From ~int64](ids []From) []To {
	out := make([]To, len(ids))
	for i, id := range ids {
		out[i] = To(id)
	}
	return out
}

// listed are the names of a list with commas or lines, quoted where their
// author has not done so.
func listed(names string) string {
	asTyped := strings.ContainsAny(names, "\"“”„«»") // a comma may be part of a name
	apart := func(r rune) bool { return r == '\n' || r == '\r' || r == ',' && !asTyped }
	var all []string
	for _, name := range strings.FieldsFunc(names, apart) {
		if name = strings.Trim(name, ", \t"); name != "" {
			all = append(all, name)
		}
	}
	if !asTyped {
		all = quoted(all)
	}
	return strings.Join(all, ", ")
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = syntax.Quote(n)
	}
	return out
}
