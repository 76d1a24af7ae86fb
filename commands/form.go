package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// buttonCreate is the only button of the form that submits it.
const buttonCreate = "create"

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
		messageml.PersonSelector{Name: "owners", Label: "Owners besides you", Value: mentioned(given.Persons("owner"))},
		messageml.TextField{Name: "groups", Label: "Groups", Value: strings.Join(quoted(given.Groups), ", "), Placeholder: `"Test Group", Sales`},
		messageml.TextArea{Name: "desc", Label: "Description", Value: given.Value("desc")},
		messageml.TextField{Name: "others", Label: "More people or options, as in the command", Value: rest(given), Placeholder: "carol@bank.com owner:@dave discoverable"},
	}
	for _, flag := range formFlags {
		on, _ := given.Flag(flag.key)
		fields = append(fields, messageml.Checkbox{Name: flag.key, Value: "yes", Label: flag.label, Checked: on})
	}
	fields = append(fields,
		messageml.Button{Name: buttonCreate, Label: "Create the room"},
		messageml.Button{Label: "Reset", Type: messageml.Reset, Class: messageml.Secondary},
	)
	return Reply{Code: CodeForm, Body: []messageml.Node{
		messageml.Paragraph(messageml.Text("What should the room be called, and who comes in?")),
		messageml.Form(FormNewRoom, fields...),
	}}
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
	left["owner"] = slices.DeleteFunc(slices.Clone(given.Persons("owner")), func(p syntax.Person) bool { return p.UserID != 0 })
	c.options(left)
	return strings.TrimSpace(c.b.String())
}

func isFormFlag(key string) bool {
	for _, flag := range formFlags {
		if flag.key == key {
			return true
		}
	}
	return false
}

func mentioned(people []syntax.Person) []int64 {
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
	var c composer
	c.text("/newroom " + syntax.Quote(field(values, "name")))
	for _, selector := range []struct{ field, prefix string }{{"people", " "}, {"owners", " owner:"}} {
		ids, _ := values.Users(selector.field) // what is no list of people chooses nobody
		if err := d.selected(ctx, &c, ids, selector.prefix); err != nil {
			return syntax.Message{}, err
		}
	}
	if groups := field(values, "groups"); groups != "" {
		c.text(" group:" + listed(groups))
	}
	if desc := field(values, "desc"); desc != "" {
		c.text(" desc:" + syntax.Quote(desc))
	}
	for _, flag := range formFlags {
		if values.Checked(flag.key) {
			c.text(" " + flag.key + ":yes")
		}
	}
	if others := field(values, "others"); others != "" {
		c.text(" " + others)
	}
	return c.done(), nil
}

// selected mentions whoever was chosen in a person selector, each after the
// prefix.
func (d *Desk) selected(ctx context.Context, c *composer, ids []symphony.UserID, prefix string) error {
	if len(ids) == 0 {
		return nil
	}
	users, err := d.Symphony.UsersByID(ctx, ids...)
	switch {
	case Refused(err):
		return unreadable("the people you chose")
	case err != nil:
		return err
	}
	names := map[symphony.UserID]string{}
	for _, u := range users {
		names[u.ID] = u.DisplayName
	}
	for _, id := range ids {
		c.text(prefix)
		c.mention(int64(id), names[id])
	}
	return nil
}

// field is the trimmed value of a text field.
func field(values symphony.FormValues, name string) string {
	return strings.TrimSpace(values.Text(name))
}

// listed are the names of a list with commas, quoted where their author has
// not done so.
func listed(names string) string {
	if strings.ContainsAny(names, "\"“”„«»") {
		return names
	}
	var all []string
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return strings.Join(quoted(all), ", ")
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = syntax.Quote(n)
	}
	return out
}
