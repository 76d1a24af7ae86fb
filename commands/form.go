package commands

import (
	"context"
	"encoding/json"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// formFlags are the yes/no options that the form offers.
var formFlags = [...]struct{ key, label string }{
	{"public", "Anybody in the company can join"},
	{"external", "People from other companies can be invited"},
	{"readonly", "Only owners can write"},
	{"nocopy", "Copying is off"},
	{"history", "Newcomers see earlier messages"},
	{"members-can-add", "Members can add others"},
}

// Form asks for what is missing, filled in with all that was understood.
func (d *Desk) Form(f *syntax.Form) Reply {
	given := f.Prefill
	fields := []messageml.Node{
		messageml.TextField{Name: "name", Label: "Room name", Value: given.Name, Placeholder: "Q2 Earnings", Required: true, MaxLength: syntax.MaxName},
		messageml.PersonSelector{Name: "people", Label: "People", Value: given.Users},
		messageml.TextField{Name: "others", Label: "E-mail addresses or @usernames", Value: written(given)},
		messageml.TextField{Name: "groups", Label: "Groups", Value: strings.Join(quoteNames(given.Groups), ", "), Placeholder: `"Test Group", Sales`},
		messageml.TextArea{Name: "desc", Label: "Description", Value: textOption(given, "desc")},
	}
	for _, flag := range formFlags {
		on, _ := given.Options[flag.key].(bool)
		fields = append(fields, messageml.Checkbox{Name: flag.key, Value: "yes", Label: flag.label, Checked: on})
	}
	fields = append(fields,
		messageml.Button{Name: "create", Label: "Create the room"},
		messageml.Button{Label: "Reset", Type: messageml.Reset, Class: messageml.Secondary},
	)
	return Reply{Code: CodeForm, Body: []messageml.Node{
		messageml.Paragraph(messageml.Text("What should the room be called, and who comes in?")),
		messageml.Form(FormNewRoom, fields...),
	}}
}

// FromForm reads a submitted form as the command line it stands for, so that
// one parser holds all rules.
func (d *Desk) FromForm(ctx context.Context, values map[string]json.RawMessage) (syntax.Message, error) {
	people, err := d.selected(ctx, values["people"])
	if err != nil {
		return syntax.Message{}, err
	}
	c := composer{from: people}
	c.text("/newroom " + syntax.Quote(field(values, "name")))
	for _, m := range people.Mentions {
		c.text(" ")
		c.mention(m.UserID)
	}
	if others := field(values, "others"); others != "" {
		c.text(" " + others)
	}
	for _, g := range listed(field(values, "groups")) {
		c.text(" group:" + g)
	}
	if desc := field(values, "desc"); desc != "" {
		c.text(" desc:" + syntax.Quote(desc))
	}
	for _, flag := range formFlags {
		if field(values, flag.key) != "" {
			c.text(" " + flag.key + ":yes")
		}
	}
	return c.done(), nil
}

// selected reads a person-selector, whose answer is an array of user ids, as a
// message that mentions these people by name.
func (d *Desk) selected(ctx context.Context, raw json.RawMessage) (syntax.Message, error) {
	var ids []symphony.UserID
	if len(raw) == 0 || json.Unmarshal(raw, &ids) != nil || len(ids) == 0 {
		return syntax.Message{}, nil
	}
	users, err := d.Symphony.UsersByID(ctx, ids...)
	if err != nil {
		return syntax.Message{}, err
	}
	names := map[symphony.UserID]string{}
	for _, u := range users {
		names[u.ID] = u.DisplayName
	}
	var c composer
	for _, id := range ids {
		name := names[id]
		if name == "" {
			name = "user " + id.String()
		}
		start := c.runes
		c.text("@" + name)
		c.spans = append(c.spans, syntax.Mention{Start: start, End: c.runes, UserID: int64(id)})
	}
	return c.done(), nil
}

// field is the trimmed value of a text field or a ticked box.
func field(values map[string]json.RawMessage, name string) string {
	var s string
	_ = json.Unmarshal(values[name], &s) // absent or of another kind: empty
	return strings.TrimSpace(s)
}

// listed are the names of a list with commas, quoted where their author has
// not done so.
func listed(names string) []string {
	if strings.ContainsAny(names, "\"“”„«»") {
		return []string{names}
	}
	var quoted []string
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			quoted = append(quoted, syntax.Quote(name))
		}
	}
	return quoted
}

func written(inv syntax.Invocation) string {
	var all []string
	for _, name := range inv.Usernames {
		all = append(all, "@"+name)
	}
	return strings.Join(append(all, inv.Emails...), " ")
}

func quoteNames(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = syntax.Quote(n)
	}
	return quoted
}

func textOption(inv syntax.Invocation, key string) string {
	s, _ := inv.Options[key].(string)
	return s
}
