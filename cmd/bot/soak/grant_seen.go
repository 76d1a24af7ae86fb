package soak

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"roombot/cmd/bot/trial"
	"roombot/symphony/sandbox/client"
)

// The texts by which people know what a message is about.
var (
	grantCardPart   = regexp.MustCompile(`^grant-card/(\d+)/(\d+)$`)
	grantToldText   = regexp.MustCompile(`^Your request for access (\d+): `)
	refusedByNumber = regexp.MustCompile(`request ([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})\.`)
)

// noteMessages takes notice of refusals, of cards, and of what was decided.
func (g *grantPeople) noteMessages(messages []client.Message) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range messages {
		if m.From.Username != botName {
			continue
		}
		stamp := trial.ReadStamp(m)
		told := grantToldText.FindStringSubmatch(m.Text)
		switch {
		case grantCardPart.MatchString(stamp.Part):
			g.noteCard(m)
		case told != nil && stamp.Part == "grant-told":
			n, _ := strconv.ParseInt(told[1], 10, 64)
			q := g.question(n)
			q.told, q.granted = true, strings.Contains(m.Text, "✓ allowed ")
		case strings.Contains(m.Markup, ">Request access<"):
			if g.refusals[stamp.Request] == nil {
				g.refusals[stamp.Request] = &shownRefusal{seen: time.Now()}
			}
			g.refusals[stamp.Request].message = m
		case isAccessAnswer(m):
			g.noteHeard(g.names[stamp.For])
		}
	}
}

func (g *grantPeople) question(n int64) *grantQuestion {
	if g.questions[n] == nil {
		g.questions[n] = &grantQuestion{n: n, cards: map[string]client.Message{}, seen: time.Now()}
	}
	return g.questions[n]
}

// noteCard takes notice of a version of a card. A later one has no number of the question in its
// part.
func (g *grantPeople) noteCard(m client.Message) {
	n, who := cardOfGrant(m, g.cards)
	q := g.question(n)
	if number := refusedByNumber.FindStringSubmatch(m.Text); number != nil && q.request == "" {
		q.request = number[1]
	}
	if len(m.Forms) == 0 {
		q.ended = true
	} else {
		q.cards[g.names[who]] = m
	}
}

// cardOfGrant is the question of a card, which the first version of the card tells, and whom it is
// for.
func cardOfGrant(m client.Message, first map[string]int64) (n, who int64) {
	part := grantCardPart.FindStringSubmatch(trial.ReadStamp(m).Part)
	if part == nil {
		return 0, 0
	}
	n, _ = strconv.ParseInt(part[1], 10, 64)
	who, _ = strconv.ParseInt(part[2], 10, 64)
	if m.Replacing == "" {
		first[m.ID] = n
	} else {
		n = first[m.Replacing]
		first[m.ID] = n
	}
	return n, who
}

// isAccessAnswer reports whether a message answers a click on Request access.
func isAccessAnswer(m client.Message) bool {
	return isAccessAsked(m) || strings.HasPrefix(m.Text, "You need no access any more")
}

func isAccessAsked(m client.Message) bool {
	return strings.HasPrefix(m.Text, "⏳ I have asked ") || strings.HasPrefix(m.Text, "⏳ The same is asked for already")
}

// noteHeard takes notice that the bot has heard that somebody asks for access.
func (g *grantPeople) noteHeard(who string) {
	for number, r := range g.refusals {
		if c := g.ledger.find(number); c != nil && c.As == who && !r.acted.IsZero() {
			r.heard = true
		}
	}
}
