package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot"
	"roombot/bot/config"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/rsa"
	"roombot/symphony"
)

// wire turns the configuration into what the bot works with. It is the one
// place that knows both.
func wire(c *config.Config, log zerolog.Logger) (bot.Config, error) {
	numbers := bot.NewMetrics()
	client, err := client(c, log, numbers.Observe)
	if err != nil {
		return bot.Config{}, err
	}
	own := c.Roombot
	return bot.Config{
		Client: client,
		Feed:   feed(c),
		Policy: c.Policy,
		Limits: commands.Limits{
			MaxMembers:  own.Limits.MaxMembers,
			CallTimeout: own.HTTPTimeout,
			SearchLag:   own.SearchLag,
		},
		PrivateAbove: own.Replies.PrivateAbove,
		Store: engine.Config{
			Store:         string(own.Store),
			Workers:       own.Limits.Workers,
			Replica:       own.Replica,
			TakeoverAfter: own.HTTPTimeout + own.SearchLag,
		},
		Bounds:  bot.Bounds{PerConversation: own.Limits.PerConversation, Queue: own.Limits.Queue},
		Health:  string(own.Health.Listen),
		Metrics: numbers,
	}, nil
}

// client is the configured client of Symphony, which signs in at its first call.
// Each observer hears of every call and must not block.
func client(c *config.Config, log zerolog.Logger, observers ...func(symphony.Call)) (*symphony.Client, error) {
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
		UserAgent: "Roombot/" + thisBuild().Version,
		Timeout:   c.Roombot.HTTPTimeout,
		Retry:     retry(c.Retry),
		Observe:   observe(append(observers, logged(log))...),
	}
	if several := c.Agent.LoadBalancing; several != nil {
		conf.Balance = symphony.Balance{Mode: symphony.BalanceMode(several.Mode), Sticky: several.Stickiness}
	}
	if conf.Transports, err = transports(c); err != nil {
		return symphony.Config{}, err
	}
	if certified(c) {
		conf.Certificate, err = certificate(c.Bot.Certificate)
	} else {
		conf.Key, err = privateKey(c.Bot.PrivateKey)
	}
	if err != nil {
		return symphony.Config{}, err
	}
	if conf.Key != nil {
		for _, warning := range conf.Key.Warnings() {
			log.Warn().Msg(warning)
		}
	}
	return conf, nil
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

func feed(c *config.Config) symphony.FeedConfig {
	r := c.Datafeed.Retry
	return symphony.FeedConfig{
		Tag:         string(c.Datafeed.Tag),
		ReadTimeout: time.Duration(c.Agent.ReadTimeout) * time.Millisecond,
		MinWait:     time.Duration(r.InitialIntervalMillis) * time.Millisecond,
		MaxWait:     time.Duration(r.MaxIntervalMillis) * time.Millisecond,
		Multiplier:  r.Multiplier,
	}
}

func retry(r config.Retry) symphony.RetryPolicy {
	attempts := r.MaxAttempts
	if attempts < 0 { // no end, as the vendor's kits have it: the elapsed time still bounds it
		attempts = math.MaxInt
	}
	return symphony.RetryPolicy{
		MaxAttempts: max(attempts, 1),
		Initial:     time.Duration(r.InitialIntervalMillis) * time.Millisecond,
		Multiplier:  r.Multiplier,
		Max:         time.Duration(r.MaxIntervalMillis) * time.Millisecond,
	}
}

func privateKey(k config.PrivateKey) (*rsa.Key, error) {
	if content := k.Content.Reveal(); content != "" {
		return rsa.Parse([]byte(content))
	}
	return rsa.Load(string(k.Path))
}

// certified is true for a bot that signs in with a certificate and not with a key.
func certified(c *config.Config) bool {
	return c.Bot.Certificate.Path != "" || c.Bot.Certificate.Content.Reveal() != ""
}

func certificate(c config.Certificate) (*tls.Certificate, error) {
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

func observe(observers ...func(symphony.Call)) func(symphony.Call) {
	return func(call symphony.Call) {
		for _, o := range observers {
			o(call)
		}
	}
}

// logged logs each call at debug level: never bodies, tokens or texts.
func logged(log zerolog.Logger) func(symphony.Call) {
	return func(call symphony.Call) {
		log.Debug().Str("operation", call.Operation).Int("status", call.Status).
			Dur("took", call.Duration).Str("trace", call.TraceID).Err(call.Err).Msg("Symphony was called")
	}
}

func logger(l config.Log, out io.Writer) zerolog.Logger {
	if l.Format == "console" {
		out = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: !terminal(out)}
	}
	level, err := zerolog.ParseLevel(l.Level)
	if err != nil {
		level = zerolog.InfoLevel // the configuration admits only known levels
	}
	return zerolog.New(out).Level(level).With().Timestamp().Logger()
}

// terminal is true for what can show colours.
func terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
