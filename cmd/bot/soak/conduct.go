package soak

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// conduct is what people do about a request that needs an approval.
type conduct string

const (
	approves    conduct = "approves"
	decides     conduct = "decides" // about a request for access
	rejects     conduct = "rejects"
	clicksTwice conduct = "clicks twice"  // at the same moment
	contradict  conduct = "contradict"    // two at the same moment
	isLate      conduct = "is late"       // clicks when the time has passed
	neverClicks conduct = "never clicks"  //
	withdraws   conduct = "withdraws"     // who has asked
	hurries     conduct = "hurries along" // who has asked withdraws it at the moment of an approval
)

// conducts has each conduct as often as it is drawn.
func conducts() (all []conduct) {
	for _, share := range []struct {
		conduct
		times int
	}{
		{approves, 7}, {rejects, 3}, {clicksTwice, 3}, {contradict, 3}, {isLate, 1}, {neverClicks, 1}, {withdraws, 2}, {hurries, 1},
	} {
		for range share.times {
			all = append(all, share.conduct)
		}
	}
	return all
}

// deed is what people do about one question: when, which of the approvers is the first, and what
// the reason is.
type deed struct {
	conduct
	after time.Duration // the first card came
	first int
}

// deedFor draws it, the same for the same seed, room and question.
func deedFor(seed int64, room string, n int) deed {
	h := fnv.New64a()
	_, _ = h.Write([]byte(room)) // never fails
	dice := rand.New(rand.NewPCG(uint64(seed)+h.Sum64(), uint64(n)))
	all := conducts()
	d := deed{conduct: all[dice.IntN(len(all))], after: time.Duration(200+dice.IntN(2500)) * time.Millisecond, first: dice.IntN(3)}
	if d.conduct == isLate {
		d.after += approvalTime
	}
	return d
}
