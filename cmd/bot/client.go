package main

import (
	"crypto/tls"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/config"
	"roombot/symphony"
)

// newClient makes the configured client of Symphony. It signs in at its first call. Observers are
// called after each call and must not block.
func newClient(c *config.Config, log zerolog.Logger, observers ...func(symphony.Call)) (*symphony.Client, error) {
	conf, err := clientConfig(c, log, observers...)
	if err != nil {
		return nil, err
	}
	return symphony.New(conf)
}

func clientConfig(c *config.Config, log zerolog.Logger, observers ...func(symphony.Call)) (conf symphony.Config, err error) {
	conf = symphony.Config{
		Username:  c.Bot.Username,
		Endpoints: endpoints(c),
		UserAgent: "Roombot/" + strings.TrimPrefix(currentBuild().Version, "v"),
		Timeout:   c.Roombot.HTTPTimeout,
		Retry:     retryPolicy(c.Retry),
		Observe:   joinObservers(append(observers, logCalls(log))...),
	}
	if several := c.Agent.LoadBalancing; several != nil {
		conf.Balance = symphony.Balance{Mode: symphony.BalanceMode(several.Mode), Sticky: several.Stickiness}
	}
	if conf.Transports, err = newTransports(c); err != nil {
		return symphony.Config{}, err
	}
	if usesCertificate(c) {
		conf.Certificate, err = loadCertificate(c.Bot.Certificate)
	} else {
		err = setKeys(&conf, c.Bot.PrivateKey, log)
	}
	if err != nil {
		return symphony.Config{}, err
	}
	return conf, nil
}

func setKeys(conf *symphony.Config, k config.PrivateKey, log zerolog.Logger) (err error) {
	if conf.Key, conf.ReadKey, err = newKeyReader(k, log); err != nil {
		return err
	}
	if conf.PreviousKey, err = loadPreviousKey(k); err != nil || conf.PreviousKey == nil {
		return err
	}
	for _, warning := range previousKeyWarnings(k, conf.Key, conf.PreviousKey) {
		log.Warn().Msg(warning)
	}
	return nil
}

func endpoints(c *config.Config) symphony.Endpoints {
	a := c.Endpoints()
	e := symphony.Endpoints{
		Pod: a.Pod, Login: a.Pod, Agent: a.Agent, KeyManager: a.KeyManager,
		SessionAuth: a.SessionAuth, KeyAuth: a.KeyAuth,
	}
	if c.Agent.LoadBalancing != nil {
		e.Agents = a.Agents
	}
	return e
}

func retryPolicy(r config.Retry) symphony.RetryPolicy {
	attempts := r.MaxAttempts
	if attempts < 0 { // unlimited, as in the vendor's kits; the elapsed time bounds it
		attempts = math.MaxInt
	}
	return symphony.RetryPolicy{
		MaxAttempts: max(attempts, 1),
		Initial:     time.Duration(r.InitialIntervalMillis) * time.Millisecond,
		Multiplier:  r.Multiplier,
		Max:         time.Duration(r.MaxIntervalMillis) * time.Millisecond,
	}
}

// usesCertificate reports whether the bot signs in with a certificate and not with a key.
func usesCertificate(c *config.Config) bool {
	return c.Bot.Certificate.Path != "" || c.Bot.Certificate.Content.Reveal() != ""
}

func loadCertificate(c config.Certificate) (*tls.Certificate, error) {
	var pair tls.Certificate
	var err error
	if content := []byte(c.Content.Reveal()); len(content) > 0 {
		pair, err = tls.X509KeyPair(content, content)
	} else {
		pair, err = tls.LoadX509KeyPair(string(c.Path), string(c.Path))
	}
	if err != nil {
		return nil, fmt.Errorf("bot.certificate: %w", err)
	}
	return &pair, nil
}

func joinObservers(observers ...func(symphony.Call)) func(symphony.Call) {
	return func(call symphony.Call) {
		for _, o := range observers {
			o(call)
		}
	}
}

// logCalls logs each call at debug level, without bodies, tokens and texts.
func logCalls(log zerolog.Logger) func(symphony.Call) {
	return func(call symphony.Call) {
		log.Debug().Str("operation", call.Operation).Int("status", call.Status).
			Dur("took", call.Duration).Str("trace", call.TraceID).Err(call.Err).Msg("Symphony was called")
	}
}
