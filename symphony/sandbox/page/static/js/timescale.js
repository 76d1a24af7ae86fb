// A time axis on which long waits are cut short, so that the calls between them can be told apart.

const TICKS = 4;
const NEAR = 0.1; // of the axis: figures nearer to each other would touch
const CUT_MS = 150; // what is shorter is never cut

/** Of rows with start and end in milliseconds: at(ms) is a place from 0 to 1, cuts are the waits that were cut short, ticks are labels. */
export function timescale(rows) {
  const end = Math.max(...rows.map((r) => r.end), 1);
  const pauses = idle(rows);
  const busy = end - pauses.reduce((sum, p) => sum + p.to - p.from, 0);
  const cuts = pauses.filter((p) => p.to - p.from > Math.max(CUT_MS, busy * 0.75));
  const share = cuts.length ? Math.min(0.1, 0.4 / cuts.length) : 0;
  const linear = end - cuts.reduce((sum, p) => sum + p.to - p.from, 0);
  const width = (1 - share * cuts.length) / linear;
  const at = (ms) => {
    let place = Math.min(Math.max(ms, 0), end) * width;
    for (const cut of cuts) {
      const inside = Math.min(Math.max(ms - cut.from, 0), cut.to - cut.from);
      place += (inside / (cut.to - cut.from)) * share - inside * width;
    }
    return place;
  };
  return { at, end, cuts, ticks: ticks(at, { end, cuts, step: niceStep(linear / TICKS) }) };
}

/** The spans in which no row has anything. */
function idle(rows) {
  const out = [];
  let until = 0;
  for (const row of [...rows].sort((a, b) => a.start - b.start)) {
    if (row.start > until) out.push({ from: until, to: row.start });
    until = Math.max(until, row.end);
  }
  return out;
}

function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= least);
}

function ticks(at, { end, cuts, step }) {
  const out = [];
  const from = [0, ...cuts.map((cut) => Math.ceil(cut.to / step) * step)];
  const to = [...cuts.map((cut) => cut.from), end];
  for (const [n, first] of from.entries()) {
    for (let ms = first; ms <= to[n]; ms += step) {
      const place = at(ms);
      const free = cuts.every((cut) => Math.abs(place - (at(cut.from) + at(cut.to)) / 2) > NEAR) && (!out.length || place - out.at(-1).place > NEAR);
      if (free) out.push({ ms, place });
    }
  }
  return out;
}

/** A tick's figure, in the unit of the axis's end. */
export const tickFigure = (ms, end) => String(Number((end >= 60_000 ? ms / 60_000 : end >= 1000 ? ms / 1000 : ms).toFixed(2)));

export function span(ms) {
  if (ms >= 60_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return ms < 0.1 ? "<0.1 ms" : `${ms.toFixed(1)} ms`;
}
