package sandbox

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"time"
)

// The last byte of an id says what it names; encoded, stream ids end in dA, message ids in bQ, system messages in bw.
const (
	streamMark  = 't'
	messageMark = 'm'
	systemMark  = 'o'
)

// mint makes an id in the service's layout: 16 random bytes, the time counted down, the kind.
func mint(kind byte, now time.Time) string {
	var id [25]byte
	_, _ = rand.Read(id[:16]) // never fails: crypto/rand ends the program instead
	binary.BigEndian.PutUint64(id[16:24], uint64(math.MaxInt64-now.UnixMilli()))
	id[24] = kind
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// canonical gives an id the form in which the pod keeps it: URL-safe alphabet, no padding.
func canonical(id string) string {
	return strings.TrimRight(strings.NewReplacer("+", "-", "/", "_", " ", "-").Replace(id), "=")
}

// wellFormed tells whether an id has the layout of this kind.
func wellFormed(id string, kind byte) bool {
	raw, err := base64.RawURLEncoding.DecodeString(canonical(id))
	return err == nil && len(raw) == 25 && raw[24] == kind
}

// standard gives an id the form in which clients and room search write it.
func standard(id string) string {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return id
	}
	return base64.StdEncoding.EncodeToString(raw)
}

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// eventID makes one of the service's short event ids.
func eventID() string {
	raw := random(6)
	for i, b := range raw {
		raw[i] = alphanumerics[int(b)%len(alphanumerics)]
	}
	return string(raw)
}

func random(n int) []byte {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return raw
}

func randomHex(n int) string { return hex.EncodeToString(random(n)) }

func tenantOf(userID int64) int64 { return userID >> 36 }

// uuid makes a random UUID.
func uuid() string {
	raw := random(16)
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	text := hex.EncodeToString(raw)
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
