package soak

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// grantDay is how long a grant for a day is good in a soak: long enough for a request or two, and
// no longer. One for 30 days is good for 30 times that.
const grantDay = 8 * time.Second

// The buttons of the cards about requests for access.
const (
	grantOnce    = "once"
	grantDayLong = "day"
	grantMonth   = "month"
	grantRefuse  = "refuse"
)

// daysOf is for how many days a button grants something; false for one that there is not.
func daysOf(button string) (days int, known bool) {
	days, known = map[string]int{grantOnce: 30, grantDayLong: 1, grantMonth: 30, grantRefuse: 0}[button]
	return days, known
}

// diceFor are the dice for what people do about a request, the same for the same seed, room and
// purpose.
func diceFor(seed int64, room string, purpose uint64) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(room)) // never fails
	return rand.New(rand.NewPCG(uint64(seed)+h.Sum64(), purpose))
}

// accessDeed is what somebody does who is refused a request that no rule allows.
type accessDeed struct {
	asks  bool          // for access
	times int           // they click, at the same moment
	again bool          // they send the same again meanwhile, and ask for that as well
	after time.Duration // the refusal came
}

// maxRepeats is how often a request is followed by one that repeats or varies it: nobody asks for
// access for the last.
const maxRepeats = 2

func accessDeedFor(seed int64, c *Request) accessDeed {
	dice := diceFor(seed, c.RoomName, 101)
	d := accessDeed{times: 1, after: time.Duration(200+dice.IntN(1500)) * time.Millisecond}
	if dice.IntN(6) == 0 {
		d.times = 2
	}
	switch share := dice.IntN(20); {
	case c.repeats == 0:
		d.asks, d.again = share < 17, share < 4
	case c.repeats < maxRepeats:
		d.asks = share < 4
	}
	d.asks = d.asks || c.mustAsk
	return d
}

// grantDeed is what the administrators do about a request for access.
type grantDeed struct {
	conduct conduct
	button  string        // that they press; where they contradict each other, the second one refuses
	after   time.Duration // the first card came
	first   int           // which of them is the first

	revokes      bool // a grant for 30 days, in the middle
	revokesAfter time.Duration
}

// grantDeedFor draws it by the request that was refused first.
func grantDeedFor(seed int64, c *Request) grantDeed {
	dice := diceFor(seed, c.RoomName, 102)
	buttons := []string{grantOnce, grantOnce, grantOnce, grantDayLong, grantDayLong, grantMonth, grantMonth, grantMonth, grantRefuse}
	all := []conduct{decides, decides, decides, decides, decides, clicksTwice, clicksTwice, contradict, contradict, neverClicks}
	return grantDeed{
		conduct: all[dice.IntN(len(all))], button: buttons[dice.IntN(len(buttons))],
		after: time.Duration(200+dice.IntN(2500)) * time.Millisecond, first: dice.IntN(2),
		revokes: dice.IntN(3) > 0, revokesAfter: time.Duration(2000+dice.IntN(6000)) * time.Millisecond,
	}
}
