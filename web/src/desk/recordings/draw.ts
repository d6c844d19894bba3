/** What is put on the canvases of a recording. Everything comes in as figures; nothing is measured here. */

import { hasLapsed } from '../verdict'
import type { Series, Verdict } from '../wire'
import type { Pin } from './plot'
import { silencesIn, type Line } from './gaps'
import { bounds, cut, ticks, timeTicks, type Point, type Span } from './strips'

export interface Paint {
  ink: string
  ink2: string
  line: string
  steel: string
  steelText: string
  moss: string
  accent: string
  amber: string
  surface: string
  font: string
}
export interface Room {
  width: number
  height: number
  left: number
  right: number
}
export const xOf = (at: number, [from, to]: Span, { width, left, right }: Room) => left + ((at - from) / Math.max(1e-9, to - from)) * (width - left - right)
export const timeAt = (x: number, [from, to]: Span, { width, left, right }: Room) => from + ((x - left) / Math.max(1, width - left - right)) * (to - from)

const colourOf = (outcome: Verdict['outcome'], paint: Paint) => ({ met: paint.moss, missed: paint.accent, undecided: paint.amber })[outcome]

/** Lines of the grid and hours below it are the same, however wide it is. */
const ticksMost = (room: Room) => Math.max(2, Math.min(10, Math.floor((room.width - room.left - room.right) / 92)))
/** The least and the greatest are looked for once, not in each frame. */
const known = new WeakMap<Series, [number, number]>()
function boundsOf(series: Series): [number, number] {
  const there = known.get(series) ?? bounds(series)
  known.set(series, there)
  return there
}

/** A canvas of the size it is shown in, sharp on every screen. */
export function sheet(canvas: HTMLCanvasElement, { width, height }: Room): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h]
  const on = canvas.getContext('2d')
  on?.setTransform(ratio, 0, 0, ratio, 0, 0)
  on?.clearRect(0, 0, width, height)
  return on
}

/** Outcome by shape as well as by colour: a disc was met, a triangle missed, a diamond is undecided. */
function shape(on: CanvasRenderingContext2D, outcome: Verdict['outcome'], x: number, y: number, r: number) {
  on.beginPath()
  if (outcome === 'met') on.arc(x, y, r, 0, Math.PI * 2)
  else if (outcome === 'missed') {
    on.moveTo(x, y - r * 1.15)
    on.lineTo(x + r * 1.1, y + r * 0.85)
    on.lineTo(x - r * 1.1, y + r * 0.85)
  } else {
    on.moveTo(x, y - r * 1.25)
    on.lineTo(x + r * 1.25, y)
    on.lineTo(x, y + r * 1.25)
    on.lineTo(x - r * 1.25, y)
  }
  on.closePath()
}

/** What became of a verdict is a sign beside its shape: + new, × gone, ≠ other. One that is gone or doesn't hold any more is hollow. */
const SIGNS = { same: '', new: '+', gone: '×', other: '≠' } as const

export function drawPins(on: CanvasRenderingContext2D, pins: readonly Pin[], lanes: readonly number[], chosen: string | null, window: Span, room: Room, lane: number, top: number, paint: Paint) {
  const places: { id: string; x: number; y: number }[] = []
  on.font = `700 13px ${paint.font}`
  on.textBaseline = 'middle'
  const order = pins.map((_, at) => at).sort((a, b) => Number(pins[a]?.id === chosen) - Number(pins[b]?.id === chosen))
  for (const at of order) {
    const pin = pins[at] as Pin
    const x = xOf(pin.at_ms, window, room)
    if (x < room.left - 8 || x > room.width - room.right + 8) continue
    const y = top + ((lanes[at] ?? 0) + 0.5) * lane
    const on_ = pin.id === chosen
    const colour = colourOf(pin.outcome, paint)
    const hollow = pin.change === 'gone' || hasLapsed(pin)
    shape(on, pin.outcome, x, y, on_ ? 8 : 6)
    on.lineWidth = 2
    on.fillStyle = hollow ? paint.surface : colour
    on.strokeStyle = hollow ? colour : on_ ? paint.ink : paint.surface
    on.setLineDash(hollow ? [2, 2] : [])
    on.fill()
    on.stroke()
    on.setLineDash([])
    if (on_ && hollow) {
      shape(on, pin.outcome, x, y, 11)
      on.strokeStyle = paint.ink
      on.stroke()
    }
    const sign = SIGNS[pin.change ?? 'same']
    if (sign) {
      on.fillStyle = paint.ink
      on.fillText(sign, x + (on_ ? 11 : 9), y)
    }
    places.push({ id: pin.id, x, y })
  }
  return places
}

export interface Strip {
  series: Series
  line: Line
  about: boolean
}

/** One signal: its name and scale, the line from least to greatest of every stretch, broken where samples are missing, and where verdicts fell. */
export function drawStrip(on: CanvasRenderingContext2D, { series, line, about }: Strip, pins: readonly Pin[], chosen: Pin | null, shaded: boolean, window: Span, room: Room, head: number, paint: Paint, figure: (value: number) => string, nothing: string) {
  const { points } = line
  const [low, high] = boundsOf(series)
  const bottom = room.height - 6
  const y = (value: number) => bottom - ((value - low) / (high - low)) * (bottom - head)
  const end = room.width - room.right
  if (chosen) {
    const [a, b] = [Math.max(room.left, xOf(chosen.evidence.from / 1e6, window, room)), Math.min(end, xOf(chosen.evidence.to / 1e6, window, room))]
    if (b >= room.left && a <= end) {
      on.fillStyle = paint.amber
      on.globalAlpha = shaded ? 0.24 : 0.08
      on.fillRect(a, head, Math.max(2, b - a), bottom - head)
      on.globalAlpha = 1
    }
  }
  on.lineWidth = 1
  on.strokeStyle = paint.line
  on.beginPath()
  for (const at of timeTicks(window, ticksMost(room))) {
    const x = Math.round(xOf(at, window, room)) + 0.5
    on.moveTo(x, head)
    on.lineTo(x, bottom)
  }
  on.moveTo(room.left, bottom + 0.5)
  on.lineTo(end, bottom + 0.5)
  on.stroke()
  on.textBaseline = 'middle'
  on.font = `12px ${paint.font}`
  on.fillStyle = paint.ink2
  on.textAlign = 'right'
  const marks = series.kind === 'bool' ? [0, 1] : ticks(low, high, 4)
  for (const value of marks) on.fillText(figure(value), room.left - 8, y(value))
  on.textAlign = 'left'
  on.fillStyle = about ? paint.steelText : paint.ink
  on.font = `600 12px ${paint.font}`
  on.fillText(series.unit ? `${series.name} (${series.unit})` : series.name, 8, head - 14)

  on.save()
  on.beginPath()
  on.rect(room.left, head - 2, end - room.left, bottom - head + 4)
  on.clip()
  drawSilences(on, line, window, room, head, bottom, paint, nothing)
  const [start, stop] = cut(points, window)
  const x = (at: number) => xOf((points[at] as Point)[0], window, room)
  on.strokeStyle = on.fillStyle = paint.steel
  if (isThinned(points, start, stop, end - room.left)) drawColumns(on, line, series.kind, start, stop, x, y, window[1], end)
  else drawLine(on, line, series.kind, start, stop, x, y, window[1], end)
  // Of each colour one path: a run may have thousands of verdicts.
  for (const outcome of ['met', 'missed', 'undecided'] as const) {
    on.beginPath()
    for (const pin of pins) {
      if (pin.outcome !== outcome || pin.at_ms < window[0] || pin.at_ms > window[1]) continue
      const x = xOf(pin.at_ms, window, room)
      on.moveTo(x, head)
      on.lineTo(x, bottom)
    }
    on.strokeStyle = colourOf(outcome, paint)
    on.lineWidth = 1
    on.globalAlpha = 0.55
    on.stroke()
    on.globalAlpha = 1
  }
  // The samples that decided.
  for (const sample of chosen?.evidence.samples ?? []) {
    const value = sample.signal !== series.name ? null : typeof sample.value === 'boolean' ? Number(sample.value) : typeof sample.value === 'number' ? sample.value : null
    const x = xOf(sample.at / 1e6, window, room)
    if (value === null || x < room.left || x > end) continue
    on.beginPath()
    on.arc(x, y(value), 3.5, 0, Math.PI * 2)
    on.fillStyle = paint.amber
    on.fill()
    on.strokeStyle = paint.ink
    on.lineWidth = 1
    on.stroke()
  }
  on.restore()
}

type Across = (at: number) => number
/** A state holds until something else is said, and as long as it may be silent. */
const holdsOn = ({ points, holds }: Line, kind: Series['kind'], stop: number, until: number) => {
  const last = points[stop - 1]
  return last !== undefined && kind !== 'real' && (holds === null || until - last[0] <= holds)
}

/** From sample to sample, as they were. */
function drawLine(on: CanvasRenderingContext2D, line: Line, kind: Series['kind'], start: number, stop: number, x: Across, y: Across, until: number, end: number) {
  const { points, torn } = line
  on.beginPath()
  let before: number | null = null
  for (let at = start; at < stop; at += 1) {
    const value = y((points[at] as Point)[1])
    if (before === null || torn.has(at)) on.moveTo(x(at), value)
    else {
      if (kind !== 'real') on.lineTo(x(at), before)
      on.lineTo(x(at), value)
    }
    // A point that stands alone is seen too.
    if ((before === null || torn.has(at)) && (torn.has(at + 1) || at + 1 === points.length)) on.lineTo(x(at) + 1.5, value)
    before = value
  }
  if (before !== null && holdsOn(line, kind, stop, until)) on.lineTo(end, before)
  on.lineWidth = 1.2
  on.stroke()
}

/** Points that stand for many samples, or more of them than there is room for. */
export function isThinned(points: readonly Point[], start: number, stop: number, width: number): boolean {
  if ((stop - start) * 2 > width) return true
  for (let at = start; at < stop; at += 1) {
    const [, min, max] = points[at] as Point
    if (min !== max) return true
  }
  return false
}

/** How much of a stretch that is wider than a column is inked: somewhere in it lies the line. */
const SOMEWHERE = 0.35
const HALF = 0.6

/** From least to greatest, a column of pixels each: far cheaper than a line through as many points, and a spike is a spike. */
function drawColumns(on: CanvasRenderingContext2D, line: Line, kind: Series['kind'], start: number, stop: number, x: Across, y: Across, until: number, end: number) {
  const { points, torn } = line
  let before: [top: number, bottom: number] | null = null
  for (let at = start; at < stop; ) {
    const left = Math.floor(x(at))
    if (torn.has(at)) before = null
    let [top, bottom] = [Infinity, -Infinity]
    do {
      const [, min, max] = points[at] as Point
      top = Math.min(top, y(max))
      bottom = Math.max(bottom, y(min))
      at += 1
    } while (at < stop && !torn.has(at) && Math.floor(x(at)) === left)
    // Joined to what stands left of it.
    const [from, to] = before ? [Math.min(top, before[1]), Math.max(bottom, before[0])] : [top, bottom]
    on.fillRect(left, from - HALF, 1, to - from + 2 * HALF)
    const right = at < stop && !torn.has(at) ? Math.floor(x(at)) : at >= stop && holdsOn(line, kind, stop, until) ? end : left + 1
    if (right > left + 1) {
      const solid = bottom - top < 1
      if (!solid) on.globalAlpha = SOMEWHERE
      on.fillRect(left + 1, top - HALF, right - left - 1, bottom - top + 2 * HALF)
      on.globalAlpha = 1
    }
    before = [top, bottom]
  }
}

/** A silence that has room for the words says that there is nothing. */
function drawSilences(on: CanvasRenderingContext2D, line: Line, window: Span, room: Room, head: number, bottom: number, paint: Paint, nothing: string) {
  on.font = `12px ${paint.font}`
  on.textAlign = 'center'
  const words = on.measureText(nothing).width
  for (const [from, to] of silencesIn(line, window)) {
    const [a, b] = [Math.max(room.left, xOf(from, window, room)), Math.min(room.width - room.right, xOf(to, window, room))]
    if (b - a < 2) continue
    on.fillStyle = paint.line
    on.globalAlpha = 0.4
    on.fillRect(a, head, b - a, bottom - head)
    on.globalAlpha = 1
    on.fillStyle = paint.ink2
    if (b - a >= words + 6) on.fillText(nothing, (a + b) / 2, (head + bottom) / 2)
  }
  on.textAlign = 'left'
}

/** The hours below (or above) the strips. */
export function drawTimes(on: CanvasRenderingContext2D, window: Span, room: Room, paint: Paint, said: (ms: number) => string) {
  on.font = `12px ${paint.font}`
  on.fillStyle = paint.ink2
  on.textBaseline = 'middle'
  on.textAlign = 'center'
  for (const at of timeTicks(window, ticksMost(room))) {
    const x = xOf(at, window, room)
    if (x > room.left + 24 && x < room.width - room.right - 16) on.fillText(said(at), x, room.height / 2)
  }
}

/** The whole with the window in it. */
export function drawOverview(on: CanvasRenderingContext2D, window: Span, whole: Span, pins: readonly Pin[], room: Room, paint: Paint) {
  const end = room.width - room.right
  on.fillStyle = paint.line
  on.fillRect(room.left, room.height / 2 - 4, end - room.left, 8)
  const [a, b] = [xOf(window[0], whole, room), xOf(window[1], whole, room)]
  on.fillStyle = paint.steel
  on.globalAlpha = 0.5
  on.fillRect(a, room.height / 2 - 7, Math.max(4, b - a), 14)
  on.globalAlpha = 1
  for (const pin of pins) {
    on.fillStyle = colourOf(pin.outcome, paint)
    on.fillRect(xOf(pin.at_ms, whole, room) - 1, room.height / 2 - 4, 2, 8)
  }
}
