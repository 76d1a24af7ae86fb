package engine

import (
	"fmt"
	"time"
)

// freeCrashes is after how many ends of the process during a job it is still tried again at once.
const freeCrashes = 4

// takeBack is the beginning of a statement that makes jobs ready whose process has ended. One that
// has seen several processes end waits a while, longer each time: it may be what ends them, and the
// others are to be done first; or they end one after the other for another reason, and a minute of
// that is no ground to give it up.
func takeBack(d *dialect, pause time.Duration) string {
	more := fmt.Sprintf(`j.attempt - %s - %d`, d.failures, freeCrashes)
	later := fmt.Sprintf(d.stampAfter, fmt.Sprintf(`%f * (%s)`, pause.Seconds(), more))
	return `UPDATE river_job AS j SET state = 'available', scheduled_at = CASE WHEN ` + more + ` > 0 THEN ` + later + ` ELSE scheduled_at END`
}
