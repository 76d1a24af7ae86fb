package symphony

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// UserID is the number of a user, or of the account behind a distribution list. The upper bits are
// the company's number, see [UserID.Tenant].
type UserID int64

// StreamID names a conversation, always as base64 of the URL alphabet without padding.
type StreamID string

// MessageID names a message, in the same alphabet as a StreamID.
type MessageID string

// DatafeedID names a real-time feed of the caller.
type DatafeedID string

// GroupID is the profile manager's key of a group. It is not the number by which the group joins a
// room: that is [Group.ProfileID].
type GroupID string

// EventID is a short random name of an event. Two events of one action may share it.
type EventID string

// tenantShift is how far the company's number is moved up in a user id.
const tenantShift = 36

// Tenant is the number of the company (pod) the user belongs to.
func (u UserID) Tenant() int64 { return int64(u) >> tenantShift }

func (u UserID) String() string { return strconv.FormatInt(int64(u), 10) }

// ParseUserID reads a decimal user id. It refuses everything that is not a positive int64.
func ParseUserID(s string) (UserID, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("user id %q is not a positive whole number", clipText(s, 40))
	}
	return UserID(n), nil
}

// UnmarshalJSON accepts a number or a string of digits: entity data and receipts use strings where
// everything else uses numbers.
func (u *UserID) UnmarshalJSON(b []byte) error {
	n, err := lenientInt(b)
	if err != nil {
		return fmt.Errorf("user id: %w", err)
	}
	*u = UserID(n)
	return nil
}

// ParseStreamID reads a stream id in either base64 alphabet, padded or not, also as the link of its
// room has it, where %2F stands for a slash.
func ParseStreamID(s string) (StreamID, error) {
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	id, err := parseID(s)
	return StreamID(id), err
}

// ParseMessageID reads a message id in either base64 alphabet, padded or not.
func ParseMessageID(s string) (MessageID, error) {
	id, err := parseID(s)
	return MessageID(id), err
}

func (s StreamID) String() string { return string(s) }

func (m MessageID) String() string { return string(m) }

// UnmarshalText normalises: room search, among others, answers in the standard alphabet.
func (s *StreamID) UnmarshalText(b []byte) error {
	*s = StreamID(normaliseID(string(b)))
	return nil
}

// UnmarshalText normalises as for a StreamID.
func (m *MessageID) UnmarshalText(b []byte) error {
	*m = MessageID(normaliseID(string(b)))
	return nil
}

var urlAlphabet = strings.NewReplacer("+", "-", "/", "_", "=", "")

func normaliseID(s string) string { return urlAlphabet.Replace(strings.TrimSpace(s)) }

// maxID is far above the 34 characters of today's ids: old form ids carry a suffix.
const maxID = 128

func parseID(s string) (string, error) {
	id := normaliseID(s)
	if id == "" || len(id) > maxID {
		return "", fmt.Errorf("id %q: want 1 to %d characters of base64", clipText(s, 40), maxID)
	}
	for _, r := range id {
		if !isAlphanumeric(r) && r != '-' && r != '_' {
			return "", fmt.Errorf("id %q: %q is not base64", clipText(s, 40), r)
		}
	}
	return id, nil
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
