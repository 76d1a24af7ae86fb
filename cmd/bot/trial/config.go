package trial

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// writeConfig makes a bot's configuration out of the one that the sandbox wrote: everybody may do
// everything, unless the trial has a policy, and the timings are the trial's.
func (s BotSetup) writeConfig(from, to, name string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("configuration of the pod: %w", err)
	}
	var file map[string]any
	if err := json.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("configuration of the pod: %w", err)
	}
	file["roombot"] = s.roombotSection(name)
	raw, err = json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	return replaceFile(to, raw)
}

// replaceFile removes what is there, be it a link, and writes a file of its own.
func replaceFile(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}

// roombotSection is the part of the configuration that is ours.
func (s BotSetup) roombotSection(name string) map[string]any {
	own := map[string]any{
		"store":  name + ".db",
		"health": map[string]any{"listen": anyPort},
		"policy": map[string]any{"allow": []any{map[string]any{
			"name": "everybody", "who": []string{"*"}, "where": []string{"*"}, "commands": []string{"*"},
		}}},
	}
	if s.Policy != nil {
		own["policy"] = policyFile
	}
	if !s.Store.IsZero() {
		own["store"], own["replica"] = s.Store.Reveal(), name
	}
	for key, d := range map[string]time.Duration{"httpTimeout": s.HTTPTimeout, "searchLag": s.SearchLag} {
		if d > 0 {
			own[key] = d.String()
		}
	}
	limits := map[string]any{"roomsPerHour": 0}
	if !s.Bounded { // a trial sends more at once than people may
		limits["perPerson"], limits["perConversation"], limits["queue"] = 10_000, 10_000, 1_000_000
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
