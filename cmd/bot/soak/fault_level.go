package soak

import (
	"fmt"

	"roombot/symphony/sandbox/client"
)

// FaultLevel is how badly the pod behaves.
type FaultLevel string

// The levels.
const (
	None    FaultLevel = "none"    // the pod behaves
	Default FaultLevel = "default" // a bad day
	Heavy   FaultLevel = "heavy"   // everything at once, far more often than in life
)

// Set takes a level's name; it makes FaultLevel a flag.
func (t *FaultLevel) Set(name string) error {
	switch kind := FaultLevel(name); kind {
	case None, Default, Heavy:
		*t = kind
		return nil
	}
	return fmt.Errorf("write %s, %s or %s", None, Default, Heavy)
}

func (t *FaultLevel) String() string { return string(*t) }

// Type names the flag's value.
func (*FaultLevel) Type() string { return "kind" }

// writeOperations are calls that change the pod, by their operation's name.
func writeOperations() []string {
	return []string{"createRoom", "addMember", "promoteOwner", "createMessage", "updateMessage", "createIM"}
}

// readOperations are calls that change nothing, by their operation's name.
func readOperations() []string {
	return []string{
		"searchRooms", "lookupUsers", "listMessages", "searchMessages", "getMessage", "listMembers", "streamInfo", "sessionInfo",
		"readDatafeed", "listDatafeed",
	}
}

// faults are the faults of the pod. The lag of the search index stays below the searchLag that the
// bot is given.
func (t FaultLevel) faults() []client.Fault {
	switch t {
	case Default:
		return append(writeFaults(0.01), append(readFaults(0.01),
			client.Fault{Kind: "duplicate-events", Probability: 0.05},
			client.Fault{Kind: "search-lag", Delay: "1s"})...)
	case Heavy:
		return append(append(writeFaults(0.04), textFaults(0.02)...), append(readFaults(0.02),
			client.Fault{Kind: "duplicate-events", Probability: 0.2},
			client.Fault{Kind: "reorder-events", Probability: 0.3},
			client.Fault{Kind: "search-lag", Delay: "1s"},
			client.Fault{Kind: "search-lag", Delay: "3s", Probability: 0.5},
			client.Fault{Kind: "outside-delay", Delay: "0s", Probability: 0.5},
			client.Fault{Kind: "outside-delay", Delay: "7s", Probability: 0.3},
			client.Fault{Kind: "outside-delay", Delay: "15s", Probability: 0.1},
			client.Fault{Kind: "session-expired", Probability: 0.003},
			client.Fault{Path: "searchMessages", Empty: 204, Probability: 0.5},
			client.Fault{Path: "listMessages", Empty: 204, Probability: 0.5},
			client.Fault{Path: "searchUsers", Empty: 204, Probability: 0.5},
			client.Fault{Path: "/login/*", Status: 503, Probability: 0.1})...)
	default:
		return nil
	}
}

// writeFaults are the faults of each kind of write, with a probability: refused, slow, dropped
// before the work, dropped after it.
func writeFaults(p float64) []client.Fault {
	var list []client.Fault
	for _, name := range writeOperations() {
		list = append(list,
			client.Fault{Path: name, Drop: "before", Probability: p},
			client.Fault{Path: name, Drop: "after", Probability: 2 * p},
			client.Fault{Path: name, Status: 503, Probability: p},
			client.Fault{Path: name, Status: 500, Probability: p / 2},
			client.Fault{Path: name, Status: 429, RetryAfter: 1, Probability: p},
			client.Fault{Path: name, Delay: "300ms", Probability: 2 * p},
			client.Fault{Path: name, Delay: "2500ms", Probability: p / 4},
			client.Fault{Path: name, Delay: "2200ms", Drop: "after", Probability: p / 4}, // done when the bot no longer waits
		)
	}
	return list
}

// textFaults vary what errors say, with a probability: no decision may depend on it. One text is
// what a bot of old has said about a name that is taken.
func textFaults(p float64) []client.Fault {
	const nameTaken = "A room with this name already exists. Please choose another name."
	list := []client.Fault{
		{Message: "x", Probability: 0.2},
		{Message: nameTaken, Probability: 0.1},
		{Body: `{"status":"FAILED","details":[]}`, Probability: 0.1},
	}
	for _, name := range writeOperations() {
		list = append(list,
			client.Fault{Path: name, Status: 500, Message: nameTaken, Probability: p},
			client.Fault{Path: name, Status: 502, Body: "<html><body>Bad gateway</body></html>", Probability: p},
		)
	}
	return list
}

// readFaults are the faults of each kind of read, with a probability.
func readFaults(p float64) []client.Fault {
	var list []client.Fault
	for _, name := range readOperations() {
		list = append(list,
			client.Fault{Path: name, Drop: "before", Probability: p},
			client.Fault{Path: name, Drop: "after", Probability: p},
			client.Fault{Path: name, Status: 503, Probability: p},
			client.Fault{Path: name, Status: 429, RetryAfter: 1, Probability: p / 2},
		)
	}
	return list
}

// faultName is how the report counts a fault.
func faultName(f client.Fault) string {
	switch {
	case f.Kind != "" && f.Kind != "http":
		return f.Kind
	case f.Drop != "" && f.Delay != "":
		return "held back"
	case f.Drop != "":
		return "dropped " + f.Drop
	case f.Status != 0:
		return fmt.Sprint(f.Status)
	case f.Empty != 0:
		return "empty as 204"
	case f.Delay == "":
		return "other text"
	default:
		return "delay"
	}
}
