package control

import (
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// maxEntries is how many entries of the audit record are given at a time.
const maxEntries = 200

// record gives the latest entries of the bot's audit record. They are read as they are stored, so
// that what was erased there is not shown.
func (c *Control) record(r *request) (any, error) {
	after, err := r.Number("after", 0)
	if err != nil {
		return nil, err
	}
	_, limit, err := r.Page(maxEntries, maxEntries)
	if err != nil {
		return nil, err
	}
	answer := client.RecordAnswer{Kept: c.cfg.Record != nil, Entries: []client.RecordEntry{}}
	if !answer.Kept {
		return answer, nil
	}
	found, err := c.cfg.Record(r.Request.Context(), int64(after), limit)
	if err != nil {
		return nil, err
	}
	answer.Entries = append(answer.Entries, found...)
	return answer, nil
}

// ShowRecordGrowth tells the pages that the audit record of the bot has more entries.
func (c *Control) ShowRecordGrowth() {
	c.pod.Do(func(*world.World) { c.showAll(client.Frame{Kind: client.FrameRecord}) })
}
