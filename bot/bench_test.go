package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkCommand measures from the moment a message stands on the pod to the
// moment the final answer stands there, by the pod's clock, for a room with
// five people and a group. Pod and bot share a process and talk over HTTP.
func BenchmarkCommand(b *testing.B) {
	w := newWorld(b, func(w *world) { w.crowd = 10 })
	people, _ := w.colleagues(5)
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		asked := w.says("bob", fmt.Sprintf(`/newroom "Room %d" %s group:"Test Group"`, n, people)).sees("is open")
		took = append(took, time.Duration(asked.lastReply().Timestamp-asked.Message.Timestamp)*time.Millisecond)
	}
	b.ReportMetric(quantile(took, 0.5), "p50-ms")
	b.ReportMetric(quantile(took, 0.95), "p95-ms")
	b.ReportMetric(0, "ns/op") // would count the waiting for quiet
}

func quantile(all []time.Duration, q float64) float64 {
	slices.Sort(all)
	return float64(all[int(q*float64(len(all)-1))].Microseconds()) / 1000
}
