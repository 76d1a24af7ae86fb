package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"roombot/bot/config/schema"
)

// hashOf is the SHA-256 of the rules as JSON with sorted keys, in hex.
func hashOf(rules schema.Value) string {
	text, err := json.Marshal(rules.Plain())
	if err != nil {
		return "" // Plain holds maps, lists and texts only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
