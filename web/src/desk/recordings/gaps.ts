/** Where a line has nothing to show: samples are missing, or were bad and are left out by the hall. Pure. */

import type { Series } from '../wire'
import { indexAt, patched, type Point, type Span } from './strips'

/** A silence of so many of a signal's usual steps is none of its habits. */
const STEPS_MOST = 5
/** Points that a habit can be read from. */
const POINTS_LEAST = 8
/** Instants are whole milliseconds. */
const SHORTEST_MS = 20

/** The usual step, and whether the signal keeps to it: one that speaks only when it changes has none. */
function habitOf(points: readonly Point[], kind: Series['kind']): { step: number; regular: boolean } | null {
  if (points.length < POINTS_LEAST) return null
  const steps: number[] = []
  let repeated = 0
  for (let at = 1; at < points.length; at += 1) {
    const [t, min, max] = points[at] as Point
    const [before, , last] = points[at - 1] as Point
    steps.push(t - before)
    if (min === max && min === last) repeated += 1
  }
  steps.sort((a, b) => a - b)
  const step = steps[steps.length >> 1] as number
  const even = (steps[Math.floor(steps.length * 0.75)] as number) <= step * 2
  return { step, regular: even && (kind === 'real' || repeated * 2 >= steps.length) }
}

/**
 * From how long a silence on samples are missing; null where it can't be told. `stale` is from when on the rules call the signal
 * unknown: in a thinned line that silence is certain only when a whole step more has passed.
 */
export function longestSilence(points: readonly Point[], kind: Series['kind'], stale: number | null): number | null {
  const habit = habitOf(points, kind)
  const known = [...(habit?.regular ? [habit.step * STEPS_MOST] : []), ...(stale === null ? [] : [stale + (habit?.step ?? 0)])]
  return known.length > 0 ? Math.max(SHORTEST_MS, Math.min(...known)) : null
}

export interface Line {
  points: readonly Point[]
  /** Points to which no line leads from the one before. */
  torn: ReadonlySet<number>
  /** How long the last point holds at most. */
  holds: number | null
}

/** A coarse line with a fine piece in it, each torn by its own measure. */
export function lineOf({ kind, points }: Pick<Series, 'kind' | 'points'>, fine: { span: Span; points: readonly Point[] } | null, stale: number | null): Line {
  const coarse = longestSilence(points, kind, stale)
  const joined = fine ? patched(points, fine.points, fine.span) : points
  const finer = fine && fine.points.length > 0 ? longestSilence(fine.points, kind, stale) : null
  const inside = fine && finer !== null ? { span: fine.span, holds: Math.min(finer, coarse ?? finer) } : null
  const isIn = (at: number) => inside !== null && at >= inside.span[0] && at <= inside.span[1]
  const torn = new Set<number>()
  for (let at = 1; at < joined.length; at += 1) {
    const [before, t] = [(joined[at - 1] as Point)[0], (joined[at] as Point)[0]]
    const most = inside && isIn(before) && isIn(t) ? inside.holds : coarse
    if (most !== null && t - before > most) torn.add(at)
  }
  return { points: joined, torn, holds: coarse }
}

/** The value that a line shows at an instant: the newest point before it; null where there is none, or it has been silent since. */
export function shownAt({ points, torn, holds }: Line, at: number): Point | null {
  const index = indexAt(points, at + 1) - 1
  const point = points[index]
  if (!point) return null
  const silent = point[0] < at && (torn.has(index + 1) || (index === points.length - 1 && holds !== null && at - point[0] > holds))
  return silent ? null : point
}

/** Stretches of a window in which nothing is known, those before the first point and behind the last included. */
export function silencesIn({ points, torn, holds }: Line, [from, to]: Span): [number, number][] {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return [[from, to]]
  const found: [number, number][] = []
  if (holds !== null && first[0] - from > holds) found.push([from, Math.min(to, first[0])])
  for (const index of torn) {
    const [start, end] = [(points[index - 1] as Point)[0], (points[index] as Point)[0]]
    if (end > from && start < to) found.push([start, end])
  }
  if (holds !== null && to - last[0] > holds) found.push([Math.max(from, last[0]), to])
  return found
}
