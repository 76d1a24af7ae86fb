package commands

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"roombot/symphony"
)

// RoomStory is what the audit record tells of a room that the bot has opened.
type RoomStory struct {
	Room      symphony.StreamID
	Request   RequestID
	Requester Person // the number alone where the facts are not there
	Typed     string // the command; empty where the facts are not there
	Approvals []StoryApproval
	Decision  Decision
	Grant     *StoryGrant // by which it was allowed, nil where a rule did
	Opened    time.Time
	Answered  time.Time // when its request ended last; zero where it has not ended
	Outcome   string    // how it ended then: the code of its answer
	// Names are of the people whom the facts name; a username where they have no other.
	Names   map[symphony.UserID]string
	AtStart Membership
	Invited []StoryInvitation // of whom the record does not tell whether they came in
	Events  []RoomEvent
	Entries []int64 // their numbers
	Head    string  // of the record, and when that was its head
	At      time.Time
}

// StoryApproval is that somebody was asked to approve the request, or what has become of that.
type StoryApproval struct {
	At      time.Time
	Outcome string            // empty where somebody was asked
	Wanted  string            // what a click would have decided, with ApprovalClicked
	Why     string            // why it has decided nothing: a code of the record
	Plan    []string          // what the card of those who were asked has shown; none where the facts are not there
	Asked   []symphony.UserID // empty where InRoom was
	InRoom  symphony.StreamID // that got the card
	By      Person            // who has decided; the number alone where the facts are not there
}

// StoryGrant is the exception by which somebody was let do what no rule allows.
type StoryGrant struct {
	N  int64     // its number
	By Person    // who has given it; the number alone where the facts are not there
	At time.Time // when
}

// Membership is whom a request has let into a room.
type Membership struct {
	Added, Owners []symphony.UserID
	Absent        []StoryAbsentee
}

// StoryAbsentee was not let in, or was not made an owner.
type StoryAbsentee struct {
	Who   symphony.UserID
	Cause Cause
}

// StoryInvitation is somebody of another company who was asked to come in.
type StoryInvitation struct {
	Who symphony.UserID
	At  time.Time
}

// RoomEvent is what happened besides, mostly later.
type RoomEvent struct {
	At       time.Time
	Entry    int64
	Request  RequestID
	By       symphony.UserID // who asked for it; 0 for nobody
	Operator string          // who did it from the shell
	What     string          // such as renamed; empty for people
	Membership
}

// StoryReader is for whom a story is told.
type StoryReader struct {
	Admin bool // reads in which line of the policy a rule stands
	Most  int  // how many people are named in a line; others are counted
	Bot   string
	names map[symphony.UserID]string // of people who may be unknown to Symphony, for administrators
}

// StoryLine is a line of a story: its title, and what it says.
type StoryLine struct {
	Title string
	Parts []StoryPart
}

// StoryPart is a text, what somebody typed, or a person.
type StoryPart struct {
	Text   string
	Typed  bool
	Person *Person // with no name where the record tells none
	// HasNumber says that the number of the person follows the name.
	HasNumber bool
}

// Lines tell the story.
func (s RoomStory) Lines(rd StoryReader) []StoryLine {
	if rd.Admin {
		rd.names = s.Names
	}
	lines := []StoryLine{
		{"Asked for by", []StoryPart{{Person: &s.Requester, HasNumber: true}, {Text: ", request " + string(s.Request)}}},
		{"Command", []StoryPart{s.describeCommand()}},
	}
	for _, a := range s.Approvals {
		lines = append(lines, rd.describeApproval(a))
		if len(a.Plan) > 0 {
			lines = append(lines, StoryLine{"The card showed", []StoryPart{{Text: strings.Join(a.Plan, "; "), Typed: true}}})
		}
	}
	if g := s.Grant; g != nil {
		text := StoryPart{Text: fmt.Sprintf(", grant %d, %s", g.N, formatInstant(g.At))}
		lines = append(lines, StoryLine{"Access given by", []StoryPart{{Person: &g.By, HasNumber: true}, text}})
	}
	lines = append(lines,
		StoryLine{"Allowed", []StoryPart{{Text: formatInstant(s.Decision.At) + rd.describeRule(s.Decision)}}},
		StoryLine{"Opened", []StoryPart{{Text: formatInstant(s.Opened)}}})
	lines = append(lines, rd.describeMembership(s.AtStart)...)
	lines = append(lines, rd.describeInvitations(s)...)
	lines = append(lines, s.describeEnd()...)
	for _, e := range s.Events {
		lines = append(lines, rd.describeEvent(e)...)
	}
	return append(lines,
		StoryLine{"Entries", []StoryPart{{Text: joinNumbers(s.Entries) + " of the audit record"}}},
		StoryLine{"Head", []StoryPart{{Text: s.Head + ", " + formatInstant(s.At)}}})
}

// withoutTyped is the story without what was typed, perhaps in a 1:1 chat and with the name of a
// group that the reader may not see, and without the cards that have shown it.
func (s RoomStory) withoutTyped() RoomStory {
	s.Typed, s.Approvals = "", slices.Clone(s.Approvals)
	for i := range s.Approvals {
		s.Approvals[i].Plan = nil
	}
	return s
}

// describeEnd says what became of a request that was not carried out to its end.
func (s RoomStory) describeEnd() []StoryLine {
	title := map[string]string{
		CodeStopped: "Stopped by its sender", CodeCancelled: "Ended by an administrator", CodeGaveUp: "Given up, since Symphony kept failing",
	}[s.Outcome]
	if title == "" || s.Answered.IsZero() {
		return nil
	}
	return []StoryLine{{title, []StoryPart{{Text: formatInstant(s.Answered)}}}}
}

func (s RoomStory) describeCommand() StoryPart {
	if s.Typed == "" {
		return StoryPart{Text: "/" + s.Decision.Command + "; what was typed is erased, or left out here"}
	}
	return StoryPart{Text: s.Typed, Typed: true}
}

func (rd StoryReader) describeApproval(a StoryApproval) StoryLine {
	when := StoryPart{Text: ", " + formatInstant(a.At)}
	by := []StoryPart{{Person: &a.By, HasNumber: true}, when}
	switch a.Outcome {
	case "":
		asked := rd.listPeople(a.Asked)
		if a.InRoom != "" {
			asked = []StoryPart{{Text: "the room " + string(a.InRoom)}}
		}
		return StoryLine{"Approval wanted from", append(asked, when)}
	case ApprovalNotReached:
		return StoryLine{"Could not be asked", append(rd.listPeople(a.Asked), when)}
	case Approved:
		return StoryLine{"Approved by", by}
	case ApprovalClicked:
		why := StoryPart{Text: ": " + orText(clicksWithoutEffect[a.Why], a.Why)}
		return StoryLine{"Click without effect", append(append([]StoryPart{{Text: a.Wanted + " by "}}, by...), why)}
	case ApprovalRejected:
		return StoryLine{"Rejected by", by}
	}
	return StoryLine{"Approval", []StoryPart{{Text: a.Outcome}, when}}
}

// clicksWithoutEffect say why a click on a card has decided nothing, by the codes of the record.
var clicksWithoutEffect = map[string]string{
	"late": "it came too late", "own-request": "it was their own request", "for-another": "the card was for somebody else",
	"another-plan": "something else would have been done by then", "never-asked": "they were not asked",
	"not-an-approver": "they were not one of the approvers",
}

func formatInstant(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") }

func (rd StoryReader) describeRule(d Decision) string {
	text := ""
	switch {
	case d.Grant != 0:
		text = fmt.Sprintf(", by grant %d, since no rule allows it", d.Grant)
	case d.Rule != "":
		text = ", by rule “" + d.Rule + "”"
	}
	if rd.Admin && d.Line > 0 {
		text += fmt.Sprintf(" (line %d)", d.Line)
	}
	if d.Version != "" {
		text += ", policy version " + d.Version
	}
	return text
}

// describeMembership has a line for each thing that became of people.
func (rd StoryReader) describeMembership(m Membership) (lines []StoryLine) {
	add := func(title string, people []symphony.UserID, text ...StoryPart) {
		if len(people) > 0 {
			lines = append(lines, StoryLine{title, append(rd.listPeople(people), text...)})
		}
	}
	add("Let in", m.Added)
	add("Made owners", m.Owners)
	var causes []Cause
	by := map[Cause][]symphony.UserID{}
	for _, a := range m.Absent {
		if !slices.Contains(causes, a.Cause) {
			causes = append(causes, a.Cause)
		}
		by[a.Cause] = append(by[a.Cause], a.Who)
	}
	slices.SortStableFunc(causes, compareCauses)
	for _, cause := range causes {
		title := "Not let in"
		if cause.isOfOwnership() {
			title = "Not an owner"
		}
		add(title, by[cause], StoryPart{Text: ": " + cause.describe(rd.Bot)})
	}
	return lines
}

// describeInvitations has a line for all who were invited at the same time.
func (rd StoryReader) describeInvitations(s RoomStory) (lines []StoryLine) {
	ended := ""
	if !s.Answered.IsZero() {
		ended = ", and not looked for since " + formatInstant(s.Answered) + ", when the request ended"
	}
	for left := s.Invited; len(left) > 0; {
		when := formatInstant(left[0].At)
		var people []symphony.UserID
		for len(left) > 0 && formatInstant(left[0].At) == when {
			people, left = append(people, left[0].Who), left[1:]
		}
		lines = append(lines, StoryLine{"Invited, not in yet", append(rd.listPeople(people), StoryPart{Text: ", " + when + ended})})
	}
	return lines
}

// compareCauses puts the causes of who is in the room, but no owner, last.
func compareCauses(a, b Cause) int {
	switch {
	case a.isOfOwnership() == b.isOfOwnership():
		return 0
	case b.isOfOwnership():
		return -1
	}
	return 1
}

// describe says what happened, without what can be done about it.
func (c Cause) describe(bot string) string {
	text, ok := causeTexts[c]
	if !ok {
		text = causeTexts[CauseRefused]
	}
	return strings.ReplaceAll(text.what, "{bot}", bot)
}

func (rd StoryReader) namePerson(who symphony.UserID) StoryPart {
	return StoryPart{Person: &Person{ID: who, Name: rd.names[who]}}
}

func (rd StoryReader) listPeople(people []symphony.UserID) (parts []StoryPart) {
	for i, who := range people[:min(len(people), rd.Most)] {
		if i > 0 {
			parts = append(parts, StoryPart{Text: ", "})
		}
		parts = append(parts, rd.namePerson(who))
	}
	if more := len(people) - rd.Most; more > 0 {
		parts = append(parts, StoryPart{Text: fmt.Sprintf(" and %d more", more)})
	}
	return parts
}

func (rd StoryReader) describeEvent(e RoomEvent) (lines []StoryLine) {
	what := []StoryPart{{Text: e.What}}
	switch {
	case e.Operator != "":
		what = append(what, StoryPart{Text: " from the shell, by " + e.Operator})
	case e.By != 0:
		what = append(what, StoryPart{Text: ", request " + string(e.Request) + " of "}, rd.namePerson(e.By))
	}
	if e.What != "" {
		lines = append(lines, StoryLine{"", what})
	}
	lines = append(lines, rd.describeMembership(e.Membership)...)
	for i := range lines {
		title := formatInstant(e.At)
		if lines[i].Title != "" {
			title += ", " + strings.ToLower(lines[i].Title)
		}
		lines[i].Title = title
		lines[i].Parts = append(lines[i].Parts, StoryPart{Text: fmt.Sprintf(" (entry %d)", e.Entry)})
	}
	return lines
}

func joinNumbers(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = fmt.Sprint(n)
	}
	return strings.Join(texts, ", ")
}
