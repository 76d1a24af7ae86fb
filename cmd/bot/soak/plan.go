package soak

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"roombot/symphony/sandbox/client"
)

// Request is a request that is sent, and what must come of it.
type Request struct {
	RoomName string // unique
	As       string // who sends it
	Text     string

	Members []string // usernames of all who must be inside in the end, sorted
	Owners  []string // of those, who must own the room, sorted
	Absent  []string // display names of those who cannot be added, whom the answer must name

	// Set when it has been sent.
	MessageID, StreamID string
	Number              string // as users read it
	Sent                time.Time

	repeats int  // how many requests before it have its shape, or nearly
	mustAsk bool // who is refused asks for access

	isOpening bool     // sent before the trouble begins
	roomID    string   // of an opening request: the room, where others are sent
	sentIn    *Request // the opening request in whose room it is sent; nil for the 1:1 chat

	// WarningIn is the stream id of the chat that a warning goes to where that is another one than
	// StreamID.
	WarningIn string
}

// destination is the stream id of the room that the request is sent in; empty for the 1:1 chat.
func (c *Request) destination() string {
	if c.sentIn == nil {
		return ""
	}
	return c.sentIn.roomID
}

// privateAbove is the bot's roombot.replies.privateAbove, which the trial leaves as it is shipped.
const privateAbove = 10

// isSentInFullRoom reports whether the request is sent in a room of so many that the bot warns in
// the 1:1 chat.
func (c *Request) isSentInFullRoom() bool {
	return c.sentIn != nil && len(c.sentIn.Members) > privateAbove
}

// chatKey is different for requests of different chats.
func (c *Request) chatKey() string {
	if room := c.destination(); room != "" {
		return room
	}
	return c.As
}

// openingRequests is how many rooms are opened first, for others to be sent in.
const openingRequests = 4

// outsider is of another company, which is connected with the bot.
const outsider = "eve"

// barredUser is kept out of every room of those in sales by an information barrier: only the call
// that adds them tells.
const barredUser = "ravi"

// inSales are those who ask for rooms that barredUser cannot enter.
var inSales = []string{"alice", "bob"}

// Plan makes requests, the same ones for the same seed: most for one to five people, some for more
// than twenty, by mention or e-mail, with groups, owners and options, some with somebody of another
// company, from several 1:1 chats and from a few rooms.
func Plan(n int, seed int64, people []client.Person, groups []client.Group) []*Request {
	p := planner{dice: rand.New(rand.NewPCG(uint64(seed), 1)), all: people}
	for _, who := range people {
		if who.Active && !who.External && who.Username != botName && who.Username != barredUser {
			p.people = append(p.people, who)
		}
	}
	for _, g := range groups {
		if !slices.Contains(g.Members, barredUser) {
			p.groups = append(p.groups, g)
		}
	}
	var plan []*Request
	for i := range n {
		isOpening := i < min(openingRequests, n/8)
		c := p.request(fmt.Sprintf("%s %d-%d", p.topic(), seed, i+1), isOpening)
		if !isOpening && p.chance(0.25) {
			p.moveToRoom(c, plan)
		}
		plan = append(plan, c)
	}
	return plan
}

// planner makes the requests of a plan.
type planner struct {
	dice   *rand.Rand
	all    []client.Person
	people []client.Person // who take part
	groups []client.Group
}

func (p *planner) chance(of float64) bool { return p.dice.Float64() < of }

func (p *planner) topic() string {
	topics := []string{"Earnings", "Block trade", "Café – Zürich", "EUR/USD", "Incident", "Month end", "Roadshow", "R&D <review>"}
	return topics[p.dice.IntN(len(topics))]
}

func (p *planner) request(name string, isOpening bool) *Request {
	who := p.people[p.dice.IntN(len(p.people))]
	c := &Request{
		RoomName: name, As: who.Username, isOpening: isOpening,
		Members: []string{who.Username, botName}, Owners: []string{who.Username, botName},
	}
	words := []string{"/newroom", `"` + name + `"`}
	words = append(words, p.inviteWords(c)...)
	if p.chance(0.3) {
		g := p.groups[p.dice.IntN(len(p.groups))]
		words = append(words, `group:"`+g.Name+`"`)
		c.Members = append(c.Members, g.Members...)
	}
	options := p.optionWords()
	if p.chance(0.15) && len(options) == 0 && !isOpening {
		options = p.outsiderWords(c)
	}
	words = append(words, options...)
	c.Text = strings.Join(words, " ")
	c.Members, c.Owners = sortUnique(c.Members), sortUnique(c.Owners)
	return c
}

// inviteWords name people: by mention, by e-mail, as owners, and now and then one who cannot be
// added.
func (p *planner) inviteWords(c *Request) (words []string) {
	count := 1 + p.dice.IntN(5)
	if p.chance(0.03) {
		count = 20 + p.dice.IntN(8)
	}
	for _, at := range p.dice.Perm(len(p.people))[:min(count, len(p.people))] {
		who := p.people[at]
		word := "@" + who.Username
		switch {
		case p.chance(0.2):
			word = who.Email
		case p.chance(0.1):
			word = "owner:@" + who.Username
			c.Owners = append(c.Owners, who.Username)
		}
		words, c.Members = append(words, word), append(c.Members, who.Username)
	}
	if slices.Contains(inSales, c.As) && p.chance(0.8) {
		words = append(words, "@"+barredUser)
		at := slices.IndexFunc(p.all, func(who client.Person) bool { return who.Username == barredUser })
		c.Absent = append(c.Absent, p.all[at].DisplayName)
	}
	return words
}

// outsiderWords make a room for other companies with somebody of one of them.
func (p *planner) outsiderWords(c *Request) []string {
	c.Members = append(c.Members, outsider)
	if p.chance(0.5) {
		return []string{"external:yes", "@" + outsider}
	}
	c.Owners = append(c.Owners, outsider)
	return []string{"external:yes", "owner:@" + outsider}
}

func (p *planner) optionWords() (words []string) {
	for _, option := range []string{`desc:"what it is about"`, "history:yes", "nocopy:yes", "members-can-add:yes"} {
		if p.chance(0.1) {
			words = append(words, option)
		}
	}
	return words
}

// moveToRoom has the request sent in the room of an earlier one that its sender is in.
func (p *planner) moveToRoom(c *Request, earlier []*Request) {
	var open []*Request
	for _, d := range earlier {
		if d.isOpening && slices.Contains(d.Members, c.As) {
			open = append(open, d)
		}
	}
	if len(open) > 0 {
		c.sentIn = open[p.dice.IntN(len(open))]
	}
}

func sortUnique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
