package world

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"
)

// The last byte of an id says what it names; encoded, stream ids end in dA, message ids in bQ,
// system messages in bw.
const (
	StreamMark  = 't'
	MessageMark = 'm'
	SystemMark  = 'o'
)

// MintID makes an id in the service's layout: 16 random bytes, the time counted down, the mark.
func MintID(mark byte, now time.Time) string {
	var id [25]byte
	_, _ = rand.Read(id[:16]) // never fails: crypto/rand ends the program instead
	binary.BigEndian.PutUint64(id[16:24], uint64(math.MaxInt64-now.UnixMilli()))
	id[24] = mark
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// CanonicalID gives an id the form in which a world keeps it: URL-safe alphabet, no padding.
func CanonicalID(id string) string {
	return strings.TrimRight(strings.NewReplacer("+", "-", "/", "_", " ", "-").Replace(id), "=")
}

// IsWellFormedID reports whether an id has the service's layout and this mark.
func IsWellFormedID(id string, mark byte) bool {
	raw, err := base64.RawURLEncoding.DecodeString(CanonicalID(id))
	return err == nil && len(raw) == 25 && raw[24] == mark
}

// StandardID gives an id the form in which clients and room search write it.
func StandardID(id string) string {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return id
	}
	return base64.StdEncoding.EncodeToString(raw)
}

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// mintEventID makes one of the service's short event ids.
func mintEventID() string {
	raw := randomBytes(6)
	for i, b := range raw {
		raw[i] = alphanumerics[int(b)%len(alphanumerics)]
	}
	return string(raw)
}

// mintFeedID makes an id of a datafeed.
func mintFeedID() string { return randomHex(16) + "_f_" + randomHex(3)[:5] }

func randomBytes(n int) []byte {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return raw
}

func randomHex(n int) string { return hex.EncodeToString(randomBytes(n)) }

// uuid makes a random UUID.
func uuid() string {
	raw := randomBytes(16)
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	text := hex.EncodeToString(raw)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// CompanyOf is the number of a user's company: a user id carries it in its upper bits.
func CompanyOf(userID int64) int64 { return userID >> companyBits }

const companyBits = 36

// addOnce appends an id that a list does not have yet.
func addOnce(ids []int64, id int64) []int64 {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}
