/** The picture of a recording, counted: which stretch of time is shown, where a value lies, what is drawn of a long line. Pure. */

import type { Series } from '../wire'

export type Span = readonly [from: number, to: number]
export type Point = Series['points'][number]

/** Nobody needs to see less than this at once. */
export const SHORTEST_MS = 50

/** A window no longer than the whole, no shorter than can be seen, and inside. */
export function within([from, to]: Span, [first, last]: Span): [number, number] {
  const long = Math.min(Math.max(to - from, Math.min(SHORTEST_MS, last - first)), last - first)
  const start = Math.min(Math.max(from, first), last - long)
  return [start, start + long]
}

/** Nearer (below 1) or farther (above 1), with the instant `at` where it is. */
export function zoomed([from, to]: Span, factor: number, at: number, whole: Span): [number, number] {
  const long = Math.min(Math.max((to - from) * factor, SHORTEST_MS), whole[1] - whole[0])
  const share = to > from ? (at - from) / (to - from) : 0.5
  return within([at - share * long, at - share * long + long], whole)
}
/** So far along; as far as it goes, where that is less. */
export function moved([from, to]: Span, by: number, [first, last]: Span): [number, number] {
  const long = Math.min(to - from, last - first)
  const start = Math.min(Math.max(from + by, first), last - long)
  return [start, start + long]
}

/** The first point at or after an instant. */
export function indexAt(points: readonly Point[], at: number): number {
  let [low, high] = [0, points.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle] as Point)[0] < at) low = middle + 1
    else high = middle
  }
  return low
}

/** A coarse line with a fine piece in it. */
export function patched(coarse: readonly Point[], fine: readonly Point[], [from, to]: Span): Point[] {
  if (fine.length === 0) return [...coarse]
  return [...coarse.slice(0, indexAt(coarse, from)), ...fine, ...coarse.slice(indexAt(coarse, to + 1))]
}

/** What is drawn of a line in a window: with the point before and the one behind, so that it runs out of the picture. */
export function cut(points: readonly Point[], [from, to]: Span): [start: number, end: number] {
  return [Math.max(0, indexAt(points, from) - 1), Math.min(points.length, indexAt(points, to) + 1)]
}

/** The least and the greatest of a line. */
export function bounds(series: Pick<Series, 'kind' | 'points'>): [low: number, high: number] {
  if (series.kind === 'bool') return [0, 1]
  let [low, high] = [Infinity, -Infinity]
  for (const [, min, max] of series.points) {
    if (min < low) low = min
    if (max > high) high = max
  }
  if (low > high) return [0, 1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

/** Round numbers between two bounds, about so many. */
export function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about)
  if (!(rough > 0) || !Number.isFinite(rough)) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * (1 - 1e-9)) ?? rough
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, at) => Number(((first + at) * step).toPrecision(12)))
}

const STEPS_MS = [10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3, 14400e3, 86400e3]

/** Times at which the axis is written on. */
export function timeTicks([from, to]: Span, most: number): number[] {
  const step = STEPS_MS.find((each) => (to - from) / each <= most) ?? 86400e3
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step)
}

/** What is asked of the hall for a window: a little more on both sides, so that one can go on without waiting. Null where the whole is fine enough. */
export function wantedOf([from, to]: Span, whole: Span, fetched: Span | null, finest: number): [number, number] | null {
  const long = to - from
  if (long >= (whole[1] - whole[0]) * 0.9) return null
  const there = fetched && fetched[0] <= from && fetched[1] >= to && fetched[1] - fetched[0] <= long * finest
  return there ? null : within([from - long, to + long], whole)
}
