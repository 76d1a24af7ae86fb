package bot

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// gauges are the metrics that are counted elsewhere, and read when Prometheus asks.
type gauges struct {
	bot *Bot
	all []gauge
}

type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(snapshot) float64
}

func (b *Bot) newGauges() *gauges {
	g := &gauges{bot: b}
	now, total := prometheus.GaugeValue, prometheus.CounterValue
	add := func(kind prometheus.ValueType, name, help string, value func(snapshot) float64) {
		g.all = append(g.all, gauge{prometheus.NewDesc(namespace+"_"+name, help, nil, nil), kind, value})
	}
	add(now, "ready", "1 when the bot can do its work.", func(s snapshot) float64 { return oneIf(len(s.problems()) == 0) })
	add(now, "store_up", "1 when the store answers and can be written.",
		func(s snapshot) float64 { return oneIf(s.storeErr == nil && s.store.OutageSince.IsZero()) })
	add(now, "queue_jobs", "Jobs that wait.", func(s snapshot) float64 { return float64(s.store.Queued) })
	add(now, "held_jobs", "Jobs that a pause holds.", func(s snapshot) float64 { return float64(s.store.Held) })
	add(now, "waiting_approvals", "Requests that wait for an approval.", func(s snapshot) float64 { return float64(s.store.Asking) })
	add(now, "waiting_approval_age_seconds", "Age of the oldest request for an approval.", func(s snapshot) float64 { return s.store.Unanswered.Seconds() })
	add(now, "pauses", "Pauses in force.", func(s snapshot) float64 { return float64(len(s.pauses)) })
	add(now, "policy_changed_timestamp_seconds", "Since when this process decides by its version of the policy.",
		func(s snapshot) float64 { return unixSeconds(s.policy.since) })
	add(now, "policy_faulty", "1 while a newer text of the policy is not used, since something is wrong with it.",
		func(s snapshot) float64 { return oneIf(s.policy.fault != nil) })
	add(now, "queue_age_seconds", "Age of the oldest unfinished job.", func(s snapshot) float64 { return s.store.Oldest.Seconds() })
	add(now, "running_jobs", "Jobs being executed, by all replicas.", func(s snapshot) float64 { return float64(s.store.Running) })
	add(now, "failed_jobs", "Jobs on record that ended without success.", func(s snapshot) float64 { return float64(s.store.Failed) })
	add(now, "replicas", "Processes that work on the store.", func(s snapshot) float64 { return float64(s.store.Replicas) })
	add(total, "store_commits_total", "Transactions that were committed.", func(s snapshot) float64 { return float64(s.store.Commits) })
	add(now, "audit_entries", "Number of the last entry of the audit record.", func(s snapshot) float64 { return float64(s.store.Entries) })
	add(now, "audit_unlinked_entries", "Entries of the audit record that are not in its chain yet.",
		func(s snapshot) float64 { return float64(s.store.Unlinked) })
	add(now, "feed_last_read_timestamp_seconds", "When a read of the feed last completed.",
		func(s snapshot) float64 { return unixSeconds(s.feed.LastRead) })
	add(now, "feed_lag_seconds", "Age of the oldest event of the last read, 0 when it brought none.",
		func(s snapshot) float64 { return s.feed.Lag.Seconds() })
	add(now, "feed_up", "1 while the feed is read.", func(s snapshot) float64 { return oneIf(s.feed.Feed != "" && s.feed.DownSince.IsZero()) })
	add(total, "feed_reads_total", "Reads of the feed that completed.", func(s snapshot) float64 { return float64(s.feed.Reads) })
	add(total, "feed_failures_total", "Reads of the feed that failed, and batches that were not taken.",
		func(s snapshot) float64 { return float64(s.feed.Failures) })
	add(total, "feed_untaken_total", "Batches that were not taken; a batch counts each time.", func(s snapshot) float64 { return float64(s.feed.Unhandled) })
	add(total, "feeds_lost_total", "Feeds that were lost, with the events in them.", func(s snapshot) float64 { return float64(s.feed.Lost) })
	add(total, "logins_total", "Sign-ins that succeeded.", func(s snapshot) float64 { return float64(s.calls.Logins) })
	add(total, "logins_failed_total", "Sign-ins that did not succeed.", func(s snapshot) float64 { return float64(s.calls.FailedLogins) })
	add(now, "last_login_timestamp_seconds", "When a sign-in last succeeded.",
		func(s snapshot) float64 { return unixSeconds(s.calls.LastLogin) })
	add(total, "call_retries_total", "Calls that were repeated.", func(s snapshot) float64 { return float64(s.calls.Retries) })
	add(total, "calls_throttled_total", "Answers that asked for fewer calls (429, or 503 with Retry-After).",
		func(s snapshot) float64 { return float64(s.calls.Throttled) })
	add(total, "calls_waited_seconds_total", "How long calls waited because Symphony asked for fewer.",
		func(s snapshot) float64 { return s.calls.Waited.Seconds() })
	add(total, "unreadable_entries_total", "Entries of Symphony's lists that could not be read and were left out.",
		func(s snapshot) float64 { return float64(s.calls.Unreadable) })
	add(now, "calls_waiting", "Calls that wait because Symphony asked for fewer.", func(s snapshot) float64 { return float64(s.calls.Waiting) })
	add(now, "calls_pace", "Calls a second at most, after Symphony asked for fewer; 0 for no limit.",
		func(s snapshot) float64 { return s.calls.Pace })
	return g
}

// Describe lists the gauges.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, k := range g.all {
		to <- k.desc
	}
	newPolicyInfo("").Describe(to)
}

// Collect reads the gauges, all of one moment.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	s := g.bot.takeSnapshot(context.Background())
	for _, k := range g.all {
		to <- prometheus.MustNewConstMetric(k.desc, k.kind, k.value(s))
	}
	newPolicyInfo(s.policy.policy.Version()).Collect(to)
}

// newPolicyInfo is a gauge whose label is a version of the policy. There is one at a time; over the
// time there are as many as changes of the policy.
func newPolicyInfo(version string) prometheus.Collector {
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Namespace: namespace, Name: "policy_info", Help: "1, with the version of the policy in force; empty without a policy.",
	}, []string{"version"})
	info.WithLabelValues(version).Set(1)
	return info
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func unixSeconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
