package bot

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges are the numbers that are counted elsewhere, and read when Prometheus asks.
type gauges struct {
	bot   *Bot
	known []gauge
}

type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(state) float64
}

func (b *Bot) gauges() *gauges {
	g := &gauges{bot: b}
	now, total := prometheus.GaugeValue, prometheus.CounterValue
	add := func(kind prometheus.ValueType, name, help string, value func(state) float64) {
		g.known = append(g.known, gauge{prometheus.NewDesc(namespace+"_"+name, help, nil, nil), kind, value})
	}
	add(now, "ready", "1 when the bot can do its job.", func(s state) float64 { return number(len(s.problems()) == 0) })
	add(now, "store_up", "1 when the store answers and can be written.", func(s state) float64 { return number(s.storeErr == nil && s.store.OutageSince.IsZero()) })
	add(now, "queue_commands", "Commands that wait.", func(s state) float64 { return float64(s.store.Queued) })
	add(now, "queue_age_seconds", "Age of the oldest unfinished command.", func(s state) float64 { return s.store.Oldest.Seconds() })
	add(now, "running_commands", "Commands being carried out, by all replicas.", func(s state) float64 { return float64(s.store.Running) })
	add(now, "failed_commands", "Commands on record that ended without success.", func(s state) float64 { return float64(s.store.Failed) })
	add(now, "replicas", "Processes that work on the store.", func(s state) float64 { return float64(s.store.Replicas) })
	add(now, "feed_last_read_timestamp_seconds", "When a read of the feed last completed.", func(s state) float64 { return stamp(s.feed.LastRead) })
	add(now, "feed_lag_seconds", "Age of the oldest event of the last read, 0 when it brought none.", func(s state) float64 { return s.feed.Lag.Seconds() })
	add(now, "feed_up", "1 while the feed is read.", func(s state) float64 { return number(s.feed.Feed != "" && s.feed.DownSince.IsZero()) })
	add(total, "feed_reads_total", "Reads of the feed that completed.", func(s state) float64 { return float64(s.feed.Reads) })
	add(total, "feed_failures_total", "Reads of the feed that failed, and batches that were not taken.", func(s state) float64 { return float64(s.feed.Failures) })
	add(total, "feed_untaken_total", "Batches that were not taken, each time.", func(s state) float64 { return float64(s.feed.Unhandled) })
	add(total, "feeds_lost_total", "Feeds that had ended, with what was in them.", func(s state) float64 { return float64(s.feed.Lost) })
	add(total, "logins_total", "Sign-ins that succeeded.", func(s state) float64 { return float64(s.calls.Logins) })
	add(total, "logins_failed_total", "Sign-ins that did not succeed.", func(s state) float64 { return float64(s.calls.FailedLogins) })
	add(now, "last_login_timestamp_seconds", "When a sign-in last succeeded.", func(s state) float64 { return stamp(s.calls.LastLogin) })
	add(total, "call_retries_total", "Calls that were repeated.", func(s state) float64 { return float64(s.calls.Retries) })
	add(total, "calls_throttled_total", "Answers that asked for less (429, or 503 with Retry-After).", func(s state) float64 { return float64(s.calls.Throttled) })
	add(total, "calls_waited_seconds_total", "How long calls waited since Symphony asked for less.", func(s state) float64 { return s.calls.Waited.Seconds() })
	add(now, "calls_waiting", "Calls that wait since Symphony asked for less.", func(s state) float64 { return float64(s.calls.Waiting) })
	add(now, "calls_pace", "Calls a second at most, as Symphony asked for less; 0 for no limit.", func(s state) float64 { return s.calls.Pace })
	return g
}

// Describe lists the numbers.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, k := range g.known {
		to <- k.desc
	}
}

// Collect reads the numbers, all of one moment.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	s := g.bot.state(context.Background())
	for _, k := range g.known {
		to <- prometheus.MustNewConstMetric(k.desc, k.kind, k.value(s))
	}
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func stamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
