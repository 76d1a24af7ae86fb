package bot

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"roombot/bot/policy"
	"roombot/symphony"
)

// Metrics are the bot's numbers for Prometheus. Their labels are operations, types and outcomes, of
// which there is a known number, and the version of the policy: never names, ids or texts.
type Metrics struct {
	registry   *prometheus.Registry
	operations map[string]bool

	calls     *prometheus.CounterVec   // by operation and status
	callTime  *prometheus.HistogramVec // by operation
	events    *prometheus.CounterVec   // by type
	requests  *prometheus.CounterVec   // by result and outcome
	decisions *prometheus.CounterVec   // by outcome
	answer    prometheus.Histogram
	steps     *prometheus.HistogramVec // by step
	postponed *prometheus.CounterVec   // by reason
	approvals *prometheus.CounterVec   // by outcome
	surplus   prometheus.Counter
	missed    prometheus.Counter
	setAside  prometheus.Counter
}

const (
	namespace    = "roombot"
	outcomeLabel = "outcome"
)

// NewMetrics makes the metrics of one bot, in a registry of their own.
func NewMetrics() *Metrics {
	quick := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	slow := slices.Concat(quick[3:], []float64{120, 300, 600, 1800, 3600})
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		operations: map[string]bool{},
		calls:      counters("calls_total", "Calls to Symphony, each attempt.", "operation", "status"),
		callTime:   histograms("call_seconds", "How long calls to Symphony took; a read of the feed waits for events.", quick, "operation"),
		events:     counters("events_total", "Events that the feed brought and the bot took.", "type"),
		requests:   counters("requests_total", "Requests that were answered.", "result", outcomeLabel),
		decisions:  counters("decisions_total", "Decisions of the policy that were added to the audit record.", outcomeLabel),
		answer: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: namespace, Name: "answer_seconds", Help: "From the message to its final answer.", Buckets: slow,
		}),
		steps:     histograms("step_seconds", "How long the steps of jobs took.", quick, "step"),
		approvals: counters("approvals_total", "How requests ended that somebody had to approve.", "outcome"),
		postponed: counters("postponed_total", "How often requests were put off.", "reason"),
		surplus: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "surplus_total", Help: "Requests left out because too many of their person or their chat were unfinished.",
		}),
		missed: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "missed_total", Help: "Requests that no feed brought and that were found in the message history.",
		}),
		setAside: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "set_aside_total", Help: "Events that could not be read because of a bug; one that comes again counts again.",
		}),
	}
	for _, o := range decisionOutcomes() {
		m.decisions.WithLabelValues(string(o))
	}
	for _, o := range symphony.Operations() {
		m.operations[o.String()] = true
	}
	m.registry.MustRegister(
		m.calls, m.callTime, m.events, m.requests, m.decisions, m.answer, m.steps, m.postponed, m.approvals, m.surplus, m.missed, m.setAside,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

// Observe counts a call to Symphony; it belongs into the client's Config.Observe.
func (m *Metrics) Observe(c symphony.Call) {
	operation, status := c.Operation, strconv.Itoa(c.Status)
	if !m.operations[operation] {
		operation = "other"
	}
	switch {
	case c.Status == 0:
		status = "none"
	case c.Status < 100 || c.Status > 599:
		status = "other"
	}
	m.calls.WithLabelValues(operation, status).Inc()
	m.callTime.WithLabelValues(operation).Observe(c.Duration.Seconds())
}

func (m *Metrics) countEvents(events []symphony.Event) {
	for _, e := range events {
		m.events.WithLabelValues(reflect.TypeOf(e).Name()).Inc()
	}
}

// decisionOutcomes are those of the policy. The names of rules are no labels: a policy may have
// thousands, and its next versions others; the record tells them.
func decisionOutcomes() []policy.Outcome {
	return []policy.Outcome{policy.Allow, policy.Deny, policy.Limit, policy.Approve}
}

// countDecision counts a decision, a decisionBody.
func (m *Metrics) countDecision(decided json.RawMessage) {
	var body decisionBody
	if json.Unmarshal(decided, &body) == nil && slices.Contains(decisionOutcomes(), body.Outcome) {
		m.decisions.WithLabelValues(string(body.Outcome)).Inc()
	}
}

// countAnswer counts a request by its outcome, and how long the answer took by Symphony's clock;
// shown is zero where the user could not be told.
func (m *Metrics) countAnswer(o outcome, asked, shown time.Time) {
	result := "ok"
	if o.Failed {
		result = "refused"
	}
	m.requests.WithLabelValues(result, o.Code).Inc()
	if !shown.IsZero() {
		m.answer.Observe(max(shown.Sub(asked), 0).Seconds())
	}
}

// countFailure counts a request that ended without success.
func (m *Metrics) countFailure(o outcome) {
	m.requests.WithLabelValues("failed", cmp.Or(o.Code, "unknown")).Inc()
}

// observeStep counts the time of a step; parts of one, such as members/10, are one.
func (m *Metrics) observeStep(step string, begin time.Time) {
	step, _, _ = strings.Cut(step, "/")
	m.steps.WithLabelValues(step).Observe(time.Since(begin).Seconds())
}
