package trial

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// write makes a bot's configuration out of the one that the sandbox wrote for
// any bot: who may do what is open, the timings are the trial's.
func (s BotSetup) write(from, to, name string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("configuration of the pod: %w", err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("configuration of the pod: %w", err)
	}
	file["roombot"] = s.own(name)
	raw, err = json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}

func (s BotSetup) own(name string) map[string]any {
	own := map[string]any{
		"store":  name + ".db",
		"health": map[string]any{"listen": anyPort},
		"policy": map[string]any{"allow": []any{map[string]any{
			"name": "everybody", "who": []string{"*"}, "where": []string{"*"}, "commands": []string{"*"},
		}}},
	}
	if !s.Store.IsZero() {
		own["store"], own["replica"] = s.Store.Reveal(), name
	}
	for key, d := range map[string]time.Duration{"httpTimeout": s.HTTPTimeout, "searchLag": s.SearchLag} {
		if d > 0 {
			own[key] = d.String()
		}
	}
	limits := map[string]any{}
	if !s.Bounded { // a trial asks for more than people may
		limits["perConversation"], limits["queue"] = 10_000, 1_000_000
	}
	if s.Workers > 0 {
		limits["workers"] = s.Workers
	}
	own["limits"] = limits
	if s.LogLevel != "" {
		own["log"] = map[string]any{"level": s.LogLevel}
	}
	return own
}
