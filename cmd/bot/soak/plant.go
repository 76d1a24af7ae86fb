package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// planter is who makes rooms that carry the numbers of other people's requests.
const planter = "kim"

// plantedShare is the share of requests whose number is planted.
const plantedShare = 0.2

// decoyPlanter makes rooms that carry the number of a request and are not for it. Everybody who
// reads a message can make one; the bot must never use it.
type decoyPlanter struct {
	pod     *client.Client
	dice    *rand.Rand
	proof   string          // of a room that the bot has made, for another request
	planted map[string]bool // stream ids
}

func newDecoyPlanter(pod *client.Client, seed int64) *decoyPlanter {
	return &decoyPlanter{pod: pod, dice: rand.New(rand.NewPCG(uint64(seed), 2)), planted: map[string]bool{}}
}

// plant makes a room with the number of some requests, while the bot works on them.
func (d *decoyPlanter) plant(ctx context.Context, c *Request) error {
	if d.dice.Float64() >= plantedShare {
		return nil
	}
	keywords := []client.Keyword{{Key: commands.RequestKeyword, Value: c.Number}}
	for _, proof := range d.chooseProof() {
		keywords = append(keywords, client.Keyword{Key: commands.ProofKeyword, Value: proof})
	}
	room, err := d.pod.CreateRoom(ctx, client.CreateRoomRequest{
		As: planter, Name: "Decoy " + c.Number, Keywords: keywords, Members: []string{botName},
	})
	if err != nil {
		return fmt.Errorf("plant a room: %w", err)
	}
	d.planted[room.StreamID] = true
	return nil
}

// chooseProof is none, a false one, or one copied from another room.
func (d *decoyPlanter) chooseProof() []string {
	kinds := [][]string{nil, {strings.Repeat("0", 32)}}
	if d.proof != "" {
		kinds = append(kinds, []string{d.proof})
	}
	return kinds[d.dice.IntN(len(kinds))]
}

// checkPlanted notes planted rooms that hold anybody but their maker and the bot.
func (a *AuditResult) checkPlanted(rooms []client.Room, planted map[string]bool) (others []client.Room) {
	for _, r := range rooms {
		if !planted[r.StreamID] {
			others = append(others, r)
			continue
		}
		a.Planted++
		if len(difference(r.Usernames(), []string{planter, botName})) > 0 {
			a.Used++
			a.Findings = append(a.Findings, Finding{
				Request: r.Keyword(commands.RequestKeyword), Command: planter + " made " + r.Name, What: "a stranger's room was used",
			})
		}
	}
	return others
}
