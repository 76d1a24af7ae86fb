package config

// Retry is how calls that may be repeated are repeated.
type Retry struct {
	MaxAttempts           int     `config:"maxAttempts,default=10,min=-1" doc:"tries in all; -1 for no end"`
	InitialIntervalMillis int     `config:"initialIntervalMillis,default=500,min=1" doc:"milliseconds before the second try"`
	Multiplier            float64 `config:"multiplier,default=2,min=1" doc:"growth of the interval"`
	MaxIntervalMillis     int     `config:"maxIntervalMillis,default=300000,min=1" doc:"longest interval, milliseconds"`
}

// Datafeed is how events are read.
type Datafeed struct {
	Version string `config:"version,default=v2" doc:"v2; v1 reached its end of life"`
	Tag     string `config:"tag" doc:"names the feed, for several bots on one account; up to 100 characters"`
	Retry   *Retry `config:"retry" doc:"as the global retry; without an end by default"`

	IDFilePath       string `config:"idFilePath,unused" doc:"feed id of datafeed v1 (BDK)"`
	IncludeInvisible bool   `config:"includeInvisible,unused" doc:"invisible messages (Java BDK)"`
}

// CommonJWT is the vendor's mode that replaces the session token by a JWT.
type CommonJWT struct {
	Enabled bool `config:"enabled,unused" doc:"not used yet"`
}
