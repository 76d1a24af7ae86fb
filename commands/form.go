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

// IsOwnForm reports whether a form of this id is one of the bot's.
func IsOwnForm(id string) bool {
	return id == FormNewRoom || id == FormOffer || id == FormApproval || id == FormGrant
}

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

// roomForm is the content of the form for a room.
type roomForm struct {
	name, desc, others string
	people, owners     []int64
	groups             formGroups
	flags              map[string]bool
}

// maxFieldText is how many characters a field can be filled with; more would be lost (MessageML,
// textarea).
const maxFieldText = 10_000

// maxNameField is how many characters of a name the field holds that are all in it for sure
// (MessageML, text-field, in UTF-16 units). Symphony takes fewer.
const maxNameField = 64

// FormReply asks for what is missing, with everything filled in that was understood. The choices
// are the groups to choose from, if they can be listed.
func (env *Env) FormReply(f *syntax.FormRequest, choices GroupChoices) (Reply, error) {
	form := formFromCommand(f.Prefill)
	if form.isTooLong() || utf8.RuneCountInString(f.Rest) > maxFieldText {
		return Reply{}, &Refusal{
			Code:    "form-too-long",
			Message: "That is more than the form can hold." + nothingCreated,
			Next:    "Please correct the command itself and send it again, or begin with an empty form:",
			Offers:  []Offer{openFormOffer()},
			Final:   true,
			Open:    true,
		}
	}
	body := append(quoteRest(f), messageml.Paragraph(messageml.Text("What should the room be called, and who comes in?")), form.render(choices))
	return Reply{Code: CodeForm, Open: true, Body: body}, nil
}

func (f roomForm) isTooLong() bool {
	return slices.ContainsFunc([]string{f.name, f.groups.asText(), f.desc, f.others}, func(text string) bool {
		return utf8.RuneCountInString(text) > maxFieldText
	})
}

// quoteRest shows what was typed and is not in the form.
func quoteRest(f *syntax.FormRequest) []messageml.Node {
	rest := f.Rest
	if name := f.Prefill.Name; utf8.RuneCountInString(name) > maxNameField {
		rest = strings.TrimSpace(name + " " + rest)
	}
	if rest == "" {
		return nil
	}
	return []messageml.Node{messageml.Paragraph(messageml.Text("This part of your message is not in the form:")), messageml.Code(rest)}
}

// ReplyWithForm is a refusal with the form below it as it was sent, if one was: Symphony's client
// closes a form that was sent. A refusal with a button that opens the corrected form needs none;
// one whose only button opens the form as it was sent shows it at once.
// What was filled in has not been read by others in the chat.
func (r *Refusal) ReplyWithForm(sent symphony.FormValues, choices GroupChoices) Reply {
	refused := *r
	if sent != nil && !r.Final && (r.keepsForm || len(r.runnableOffers()) == 0) { // what would open is what was sent
		refused.Offers = slices.DeleteFunc(slices.Clone(r.Offers), func(o Offer) bool { return o.Edit })
	}
	r = &refused
	reply := r.Reply()
	reply.Open = r.Open && (sent == nil || r.Final)
	if sent != nil && !r.Final && !slices.ContainsFunc(r.Offers, func(o Offer) bool { return o.Edit }) {
		reply.Body = append(reply.Body, formFromValues(sent).render(choices))
	}
	return reply
}

// render shows what is needed first. Everything else is folded, unless something of it is filled
// in.
// The agent takes fields anywhere within a form, also in a card (messageml-utils, FormElement).
func (f roomForm) render(choices GroupChoices) messageml.Node {
	groups, others := f.groups.render(choices)
	f.others = strings.TrimSpace(f.others + others)
	return messageml.Form(FormNewRoom,
		messageml.TextField{Name: fieldName, Label: "Room name", Value: f.name, Placeholder: "Q2 Earnings", Required: true, MaxLength: syntax.MaxName},
		messageml.PersonSelector{Name: fieldPeople, Label: "People", Value: f.people},
		messageml.PersonSelector{Name: fieldOwners, Label: "Owners besides you", Value: f.owners},
		groups,
		f.renderOptions(),
		messageml.Button{Name: buttonCreate, Label: "Create the room"},
		messageml.Button{Label: "Reset", Type: messageml.Reset, Class: messageml.Secondary},
	)
}

func (f roomForm) renderOptions() messageml.Node {
	state := messageml.Collapsed
	if f.desc != "" || f.others != "" {
		state = messageml.Expanded
	}
	fields := []messageml.Node{
		messageml.TextArea{Name: fieldDesc, Label: "Description", Value: f.desc},
		messageml.TextArea{Name: fieldOthers, Label: "More people or options, as in the command", Value: f.others, Placeholder: "carol@bank.com owner:@dave discoverable"},
	}
	for _, flag := range formFlags {
		if f.flags[flag.key] {
			state = messageml.Expanded
		}
		fields = append(fields, messageml.Checkbox{Name: flag.key, Value: "yes", Label: flag.label, Checked: f.flags[flag.key]})
	}
	return messageml.ExpandableCard(state, messageml.Text("More options"), fields...)
}

// formFromCommand fills the form in from a command.
func formFromCommand(given syntax.Invocation) roomForm {
	f := roomForm{
		name: given.Name, groups: formGroups{names: given.Groups}, desc: given.Value("desc"), others: textForOtherField(given),
		people: given.Users, owners: mentionedIDs(given.Persons("owner")), flags: map[string]bool{},
	}
	for _, flag := range formFlags {
		f.flags[flag.key], _ = given.Flag(flag.key)
	}
	return f
}

// formFromValues reads the form as a user sent it.
func formFromValues(values symphony.FormValues) roomForm {
	f := roomForm{
		name: trimmedText(values, fieldName), groups: groupsFromValues(values), desc: trimmedText(values, fieldDesc), others: trimmedText(values, fieldOthers),
		people: selectedUsers(values, fieldPeople), owners: selectedUsers(values, fieldOwners), flags: map[string]bool{},
	}
	for _, flag := range formFlags {
		f.flags[flag.key] = values.Checked(flag.key)
	}
	return f
}

// textForOtherField is the part of a command that has no field of its own, as it is typed.
func textForOtherField(given syntax.Invocation) string {
	var w lineWriter
	for _, who := range allPeople(given) {
		if who.UserID == 0 && !slices.Contains(given.Persons("owner"), who) {
			w.writeText(" ")
			w.writePerson(who)
		}
	}
	left := map[string]any{}
	for key, value := range given.Options {
		if hasField := value == true && isFormFlag(key) || key == "desc"; !hasField {
			left[key] = value
		}
	}
	left["owner"] = slices.DeleteFunc(slices.Clone(given.Persons("owner")), func(p syntax.PersonRef) bool { return p.UserID != 0 })
	w.writeOptions(left)
	return strings.TrimSpace(w.b.String())
}

func isFormFlag(key string) bool {
	return slices.ContainsFunc(formFlags, func(f formFlag) bool { return f.key == key })
}

func mentionedIDs(people []syntax.PersonRef) []int64 {
	var ids []int64
	for _, p := range people {
		if p.UserID != 0 {
			ids = append(ids, p.UserID)
		}
	}
	return ids
}

// ReadForm reads a submitted form as the command line it stands for, so that one parser holds all
// rules.
func (env *Env) ReadForm(ctx context.Context, values symphony.FormValues) (syntax.Message, error) {
	if values.Action() != buttonCreate {
		return syntax.Message{}, Expired()
	}
	form, w := formFromValues(values), lineWriter{}
	w.writeText("/newroom " + syntax.Quote(form.name))
	if err := env.writeSelected(ctx, &w, form.people, " "); err != nil {
		return syntax.Message{}, err
	}
	if err := env.writeSelected(ctx, &w, form.owners, " owner:"); err != nil {
		return syntax.Message{}, err
	}
	if groups := form.groups.asArguments(); groups != "" {
		w.writeText(" group:" + groups)
	}
	if form.desc != "" {
		w.writeText(" desc:" + syntax.Quote(form.desc))
	}
	for _, flag := range formFlags {
		if form.flags[flag.key] {
			w.writeText(" " + flag.key + ":yes")
		}
	}
	if form.others != "" {
		w.writeText(" " + form.others)
	}
	return w.message(), nil
}

// writeSelected mentions the people chosen in a person selector, each after the prefix. A client
// can send any number there: one that is no person's is refused, that of a group in the same words
// as that of nobody.
func (env *Env) writeSelected(ctx context.Context, w *lineWriter, ids []int64, prefix string) error {
	if len(ids) == 0 {
		return nil
	}
	users, err := env.Symphony.UsersByID(ctx, convertIDs[symphony.UserID](ids)...)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return env.lookupRefused("the people you chose")
	case err != nil:
		return err
	}
	names := map[int64]string{}
	for _, u := range users {
		if u.AccountType != symphony.DistributionListAccount {
			names[int64(u.ID)] = u.DisplayName
		}
	}
	for _, id := range ids {
		name, found := names[id]
		if !found {
			return nobodyRefusal(placeholderName(id))
		}
		w.writeText(prefix)
		w.writeMention(id, name)
	}
	return nil
}

// trimmedText is the trimmed value of a text field.
func trimmedText(values symphony.FormValues, name string) string {
	return strings.TrimSpace(values.Text(name))
}

// selectedUsers are the people in a selector; any other value selects nobody.
func selectedUsers(values symphony.FormValues, name string) []int64 {
	users, _ := values.Users(name)
	return convertIDs[int64](users)
}

func convertIDs[To, From ~int64](ids []From) []To {
	out := make([]To, len(ids))
	for i, id := range ids {
		out[i] = To(id)
	}
	return out
}
