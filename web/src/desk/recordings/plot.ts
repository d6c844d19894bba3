/** Pins of verdicts above the strips of a recording. Pure. */

import type { Evidence, Verdict } from '../wire'
import type { Span } from './strips'

export type Change = 'same' | 'new' | 'gone' | 'other'

/** A verdict as it stands on a time axis; with what became of it where two sets of rules are compared. */
export interface Pin {
  id: string
  at_ms: number
  rule: string
  aspect: string
  outcome: Verdict['outcome']
  marks: string
  evidence: Evidence
  /** Of a verdict of the hall; one that another set of rules would give has none. */
  standing?: Verdict['standing']
  waits?: boolean
  taken_back?: boolean
  change?: Change
  was?: { outcome: Verdict['outcome']; marks: string } | null
}

/** Pins nearer than this part of the whole lie on each other. */
const PIN_SPAN = 1 / 100

/** Verdicts of one instant are drawn one below the other, so that each can be seen and pointed at. The lane of each, from the top. */
export function lanesOf(pins: readonly Pick<Pin, 'at_ms'>[], [from, to]: Span): number[] {
  const apart = (to - from) * PIN_SPAN
  const last: number[] = []
  const lanes = new Map<Pick<Pin, 'at_ms'>, number>()
  for (const pin of [...pins].sort((a, b) => a.at_ms - b.at_ms)) {
    const free = last.findIndex((at) => pin.at_ms - at >= apart && pin.at_ms > at)
    const lane = free < 0 ? last.length : free
    last[lane] = pin.at_ms
    lanes.set(pin, lane)
  }
  return pins.map((pin) => lanes.get(pin) ?? 0)
}
export const lanesIn = (lanes: readonly number[]) => Math.max(1, ...lanes.map((lane) => lane + 1))

/** The stretch of time to show so that an instant is in it; null when it is already. */
export function zoomTo(at: number, [from, to]: Span, [first, last]: Span): [number, number] | null {
  if (at >= from && at <= to) return null
  const start = Math.min(Math.max(at - (to - from) / 2, first), Math.max(first, last - (to - from)))
  return [start, start + (to - from)]
}

/** The pin under a point, the last drawn first. */
export function pinAt(places: readonly { id: string; x: number; y: number }[], x: number, y: number, reach = 12): string | null {
  let best: string | null = null
  let nearest = reach * reach
  for (const place of places) {
    const far = (place.x - x) ** 2 + (place.y - y) ** 2
    if (far <= nearest) [best, nearest] = [place.id, far]
  }
  return best
}
