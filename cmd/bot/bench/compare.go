package bench

// Compared is one figure of two programs.
type Compared struct {
	Figure string   `json:"figure"`
	Unit   string   `json:"unit"`
	This   *float64 `json:"this"`
	Other  *float64 `json:"other"`
	Ratio  *float64 `json:"ratio"` // of This to Other
}

// figure is one number of a report; it is nil where it is not known.
type figure struct {
	label, unit string
	value       *float64
}

// compare lines up the figures of two programs, which were measured alike.
func compare(this, other Report) []Compared {
	var all []Compared
	others := other.figures()
	for i, f := range this.figures() {
		c := Compared{Figure: f.label, Unit: f.unit, This: f.value, Other: others[i].value}
		if c.This != nil && c.Other != nil && *c.Other != 0 {
			c.Ratio = share(*c.This, *c.Other)
		}
		all = append(all, c)
	}
	return all
}

func (r Report) figures() []figure {
	if r.Idle != nil {
		return r.Idle.figures()
	}
	if r.Flood != nil {
		return r.Flood.figures()
	}
	return []figure{
		{"Message to link, p50", "ms", &r.Link.P50},
		{"Message to link, p95", "ms", &r.Link.P95},
		{"Message to final answer, p50", "ms", &r.Final.P50},
		{"Message to everybody in, p50", "ms", &r.Inside.P50},
		{"Throughput", "a second", &r.Throughput},
		{"Processor", "ms a request", scale(r.CPU, 1000)},
		{"Commits", "a request", r.Commits},
		{"Wake-ups", "a request", r.WakeUps},
		{"Disk", "KiB a request", scale(r.Disk, 1.0/1024)},
		{"Memory at most", "MiB", memory(r.Peak)},
	}
}

func (f *FloodResult) figures() []figure {
	return []figure{
		{"Message to link, alone, p50", "ms", &f.Alone.P50},
		{"Message to link, beside the flood, p50", "ms", &f.Beside.P50},
	}
}

func (i *IdleResult) figures() []figure {
	return []figure{
		{"Processor", "% of a core", i.CPU},
		{"Wake-ups", "a second", i.WakeUps},
		{"Commits", "a minute", i.Commits},
		{"Memory", "MiB", memory(i.Memory)},
	}
}

// memory is in MiB; no process has none.
func memory(bytes int64) *float64 {
	if bytes == 0 {
		return nil
	}
	return share(mib(bytes), 1)
}

func scale(value *float64, by float64) *float64 {
	if value == nil {
		return nil
	}
	scaled := *value * by
	return &scaled
}
