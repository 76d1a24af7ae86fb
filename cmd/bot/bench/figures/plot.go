package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// point is what was measured with a round trip, in milliseconds.
type point struct{ rtt, p50, p95 float64 }

// plotRounds is how often each round trip is measured: a disturbance of the machine is in one of
// the rounds, and the median leaves it out.
const plotRounds = 3

// drawPlot measures the latency over the round trip and draws it.
func (m measurer) drawPlot(ctx context.Context, file string) error {
	trips := []int{0, 10, 25, 50, 100}
	p50, p95 := make([][]float64, len(trips)), make([][]float64, len(trips))
	for range plotRounds {
		for i, rtt := range trips {
			r, err := m.bench(ctx, fmt.Sprintf("--rate 1 --commands 40 --rtt %dms", rtt))
			if err != nil {
				return err
			}
			p50[i], p95[i] = append(p50[i], r.Link.P50), append(p95[i], r.Link.P95)
		}
	}
	var points []point
	for i, rtt := range trips {
		points = append(points, point{float64(rtt), median(p50[i]), median(p95[i])})
	}
	return os.WriteFile(file, drawLatency(points), 0o644)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// The places in the picture, in its own units.
const (
	width, height           = 760, 460
	left, right, top, below = 76, 728, 84, 396
)

// latencyPlot is a picture of points, with round trips from 0 to the greatest and times from 0 to
// the greatest tick.
type latencyPlot struct {
	bytes.Buffer
	points      []point
	farthest    float64 // round trip
	step, ticks float64
}

func drawLatency(points []point) []byte {
	p := latencyPlot{points: points, farthest: points[len(points)-1].rtt}
	slowest := 0.0
	for _, at := range points {
		slowest = max(slowest, at.p95, 5*at.rtt)
	}
	p.step = niceStep(slowest / 5)
	p.ticks = math.Ceil(slowest / p.step)
	p.begin()
	p.drawAxes()
	p.drawLegend()
	p.drawPath("path", 4)
	p.drawPath("lookup", 5)
	p.drawSeries("p95", func(at point) float64 { return at.p95 })
	p.drawSeries("p50", func(at point) float64 { return at.p50 })
	p.WriteString("</svg>\n")
	return p.Bytes()
}

// niceStep is 1, 2 or 5 times a power of ten, and at least what is asked for.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, times := range []float64{1, 2, 5} {
		if times*power >= least {
			return times * power
		}
	}
	return 10 * power
}

func (p *latencyPlot) x(rtt float64) float64 { return left + (right-left)*rtt/p.farthest }
func (p *latencyPlot) y(ms float64) float64  { return below - (below-top)*ms/(p.step*p.ticks) }

func (p *latencyPlot) begin() {
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc">
<title id="title">From the message to the link, over the round trip of the network</title>
<desc id="desc">%s</desc>
<style>%s</style>
<rect class="ground" width="%d" height="%d" rx="6"/>
<text class="heading" x="24" y="34">From the message to the link, over the round trip of the network</text>
<text class="note" x="24" y="56">one bot on SQLite, one request a second, five people and a group in each</text>
`, width, height, width, height, p.describe(), plotStyle, width, height)
}

// describe says in words what is drawn.
func (p *latencyPlot) describe() string {
	var said []string
	for _, at := range p.points {
		said = append(said, fmt.Sprintf("round trip %g ms: p50 %.0f ms, p95 %.0f ms", at.rtt, at.p50, at.p95))
	}
	return strings.Join(said, "; ")
}

// plotStyle is readable on light and dark ground.
const plotStyle = `
text { font: 14px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.heading { font-size: 17px; font-weight: 600; } .note, .tick { fill: #59636e; font-size: 13px; }
.ground { fill: #ffffff; } .grid { stroke: #d8dee4; } .axis { stroke: #59636e; }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.p50 { stroke: #0969da; } .p95 { stroke: #bc4c00; } .dot.p50 { fill: #0969da; } .dot.p95 { fill: #bc4c00; }
.path, .lookup { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 7 5; } .lookup { stroke-dasharray: 2 4; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; } .note, .tick { fill: #9198a1; }
  .ground { fill: #0d1117; } .grid { stroke: #30363d; } .axis { stroke: #9198a1; }
  .p50 { stroke: #58a6ff; } .p95 { stroke: #f0883e; } .dot.p50 { fill: #58a6ff; } .dot.p95 { fill: #f0883e; }
  .path, .lookup { stroke: #9198a1; }
}
`

func (p *latencyPlot) drawAxes() {
	for n := 0.0; n <= p.ticks; n++ {
		at := p.y(n * p.step)
		fmt.Fprintf(p, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>
<text class="tick" x="%d" y="%.1f" text-anchor="end">%g</text>
`, left, right, at, at, left-10, at+4.5, n*p.step)
	}
	for _, at := range p.points {
		fmt.Fprintf(p, `<line class="axis" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>
<text class="tick" x="%.1f" y="%d" text-anchor="middle">%g</text>
`, p.x(at.rtt), p.x(at.rtt), below, below+6, p.x(at.rtt), below+22, at.rtt)
	}
	fmt.Fprintf(p, `<line class="axis" x1="%d" x2="%d" y1="%d" y2="%d"/>
<text x="%d" y="%d" text-anchor="middle">round trip between bot and pod, ms</text>
<text transform="translate(26 %d) rotate(-90)" text-anchor="middle">message to link, ms</text>
`, left, right, below, below, (left+right)/2, below+46, (top+below)/2)
}

// drawPath draws so many round trips.
func (p *latencyPlot) drawPath(class string, roundTrips float64) {
	fmt.Fprintf(p, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>
`, class, p.x(0), p.y(0), p.x(p.farthest), p.y(roundTrips*p.farthest))
}

func (p *latencyPlot) drawSeries(class string, value func(point) float64) {
	var line []string
	for _, at := range p.points {
		line = append(line, fmt.Sprintf("%.1f,%.1f", p.x(at.rtt), p.y(value(at))))
	}
	fmt.Fprintf(p, `<polyline class="line %s" points="%s"/>
`, class, strings.Join(line, " "))
	for _, at := range p.points {
		fmt.Fprintf(p, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="4"><title>%s: %.0f ms at %g ms</title></circle>
`, class, p.x(at.rtt), p.y(value(at)), class, value(at), at.rtt)
	}
}

// drawLegend comes before the lines, which it would hide.
func (p *latencyPlot) drawLegend() {
	fmt.Fprintf(p, `<rect class="ground" x="%d" y="%d" width="436" height="98"/>
`, left+8, top+2)
	for i, entry := range []struct{ class, text string }{
		{"line p95", "p95"}, {"line p50", "p50"},
		{"lookup", "five round trips: somebody has to be looked up first"}, {"path", "four round trips: the critical path"},
	} {
		y := top + 18 + 22*i
		fmt.Fprintf(p, `<line class="%s" x1="%d" x2="%d" y1="%d" y2="%d"/>
<text x="%d" y="%d">%s</text>
`, entry.class, left+16, left+52, y, y, left+62, y+5, entry.text)
	}
}
