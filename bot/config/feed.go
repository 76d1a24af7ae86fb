package config

import (
	"strings"
	"unicode/utf8"

	"roombot/bot/config/schema"
	"roombot/symphony"
)

// Retry says how failed calls are repeated.
type Retry struct {
	MaxAttempts           int     `config:"maxAttempts,min=-1" doc:"tries in all, within 45 seconds; -1 for as many as these allow"`
	InitialIntervalMillis int     `config:"initialIntervalMillis,min=1,max=86400000" doc:"milliseconds before the second try"`
	Multiplier            float64 `config:"multiplier,min=1" doc:"growth of the interval"`
	MaxIntervalMillis     int     `config:"maxIntervalMillis,default=300000,min=1,max=86400000" doc:"longest interval, milliseconds"`
}

// Defaults are those of the client, but for the longest interval, which is the vendor's: the time
// that all tries may take is the client's and shorter.
func (Retry) Defaults() map[string]any {
	return map[string]any{
		"maxAttempts":           symphony.DefaultRetry().MaxAttempts,
		"initialIntervalMillis": symphony.DefaultRetry().Initial.Milliseconds(),
		"multiplier":            symphony.DefaultRetry().Multiplier,
	}
}

// FeedRetry says how failed reads of the datafeed are repeated, without end. The vendor's kits wait
// up to five minutes; users would wait as long after an outage.
type FeedRetry struct {
	InitialIntervalMillis int     `config:"initialIntervalMillis,min=1,max=86400000" doc:"milliseconds before the second try"`
	Multiplier            float64 `config:"multiplier,min=1" doc:"growth of the interval"`
	MaxIntervalMillis     int     `config:"maxIntervalMillis,min=1,max=86400000" doc:"longest interval, milliseconds"`

	MaxAttempts int `config:"maxAttempts,unused,min=-1" doc:"tries in all (BDK); here the feed is never given up"`
}

// Defaults are those of the client.
func (FeedRetry) Defaults() map[string]any {
	return map[string]any{
		"initialIntervalMillis": symphony.DefaultRetry().Initial.Milliseconds(),
		"multiplier":            symphony.DefaultRetry().Multiplier,
		"maxIntervalMillis":     symphony.DefaultFeed().MaxWait.Milliseconds(),
	}
}

// FeedSettings says which datafeed is read, and how.
type FeedSettings struct {
	Version FeedVersion `config:"version,default=v2" doc:"v2, the only one"`
	Tag     FeedTag     `config:"tag" doc:"names the feed; different bots on one account each need a name of their own; up to 100 characters"`
	Retry   FeedRetry   `config:"retry"`

	IDFilePath       string `config:"idFilePath,unused" doc:"feed id of datafeed v1 (BDK)"`
	IncludeInvisible bool   `config:"includeInvisible,unused" doc:"invisible messages (Java BDK)"`
}

// FeedVersion is the version of the datafeed service.
type FeedVersion string

// UnmarshalText accepts v2.
func (v *FeedVersion) UnmarshalText(text []byte) error {
	switch *v = FeedVersion(strings.ToLower(string(text))); *v {
	case "v2":
		return nil
	case "v1":
		return &schema.InvalidValue{What: "reached its end of life on 30 April 2023", Fix: `write "v2" or remove the key`}
	}
	return &schema.InvalidValue{What: "is not a version of the datafeed", Fix: `write "v2" or remove the key`}
}

// FeedTag is the name of a feed.
type FeedTag string

// UnmarshalText accepts what the vendor allows.
func (t *FeedTag) UnmarshalText(text []byte) error {
	if utf8.RuneCount(text) > 100 {
		return &schema.InvalidValue{What: "is too long", Fix: "write at most 100 characters"}
	}
	*t = FeedTag(text)
	return nil
}
