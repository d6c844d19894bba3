/**
 * Live topics, the pure part: from bytes to events, from events to the newest map.
 *
 * A topic is a versioned map from key to value. A snapshot is the whole map, a delta the keys that changed; a delta may
 * cover many versions. So the only things that can go wrong are an old frame, which is skipped, and a delta that belongs
 * to another life of the server's process, after which only a snapshot helps.
 *
 * Invariant: no clock, no network, no Vue.
 */

export interface StreamEvent {
  event: string
  id: string | null
  data: string
}

/** Reads `text/event-stream` in pieces of any size, cut anywhere. */
export class EventStreamReader {
  #rest = ''
  #event = ''
  #data: string[] = []
  #id: string | null = null
  /** What the server asked us to wait before coming back. */
  retryMs: number | null = null

  push(piece: string): StreamEvent[] {
    const events: StreamEvent[] = []
    this.#rest += piece
    for (;;) {
      const end = this.#rest.search(/[\r\n]/)
      if (end < 0) break
      // A carriage return at the very end may be half of a line end; wait for the next piece.
      if (this.#rest[end] === '\r' && end === this.#rest.length - 1) break
      const line = this.#rest.slice(0, end)
      const width = this.#rest[end] === '\r' && this.#rest[end + 1] === '\n' ? 2 : 1
      this.#rest = this.#rest.slice(end + width)
      const event = this.#line(line)
      if (event) events.push(event)
    }
    return events
  }

  #line(line: string): StreamEvent | null {
    if (line === '') {
      const complete = this.#data.length > 0 ? { event: this.#event || 'message', id: this.#id, data: this.#data.join('\n') } : null
      this.#event = ''
      this.#data = []
      return complete
    }
    const colon = line.indexOf(':')
    if (colon === 0) return null
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#event = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id') this.#id = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
    return null
  }
}

export interface Frame {
  kind: 'snapshot' | 'delta'
  id: string
  epoch: string
  version: number
  set: Record<string, unknown>
  del: readonly string[]
}

/** `null` for what is no frame: an unknown event or a broken body. */
export function parseFrame(event: StreamEvent): Frame | null {
  if (event.event !== 'snapshot' && event.event !== 'delta') return null
  let body: unknown
  try {
    body = JSON.parse(event.data)
  } catch {
    return null
  }
  return frameOf(event.event, event.id ?? '', body)
}

function frameOf(kind: Frame['kind'], id: string, body: unknown): Frame | null {
  if (typeof body !== 'object' || body === null) return null
  const { v, set, del } = body as { v?: unknown; set?: unknown; del?: unknown }
  if (typeof v !== 'number' || !Number.isFinite(v)) return null
  return {
    kind,
    id,
    epoch: id.slice(0, Math.max(0, id.lastIndexOf('-'))),
    version: v,
    set: typeof set === 'object' && set !== null ? (set as Record<string, unknown>) : {},
    del: Array.isArray(del) ? del.filter((k): k is string => typeof k === 'string') : [],
  }
}

/** The board's whole map as one answer, `{id, v, set}`; its address is also named by the hall in the head of the page's answer. Other topics are short. */
export function firstOf(topic: string): string | null {
  const [, contest] = /^\/live\/contests\/([^/?]+)\/overall$/.exec(topic) ?? []
  return contest === undefined ? null : `/api/contests/${contest}/views/overall`
}

export function snapshotOf(body: unknown): Frame | null {
  const { id } = (body ?? {}) as { id?: unknown }
  return typeof id === 'string' ? frameOf('snapshot', id, body) : null
}

export interface Position {
  epoch: string
  version: number
  id: string
}

export type Merged =
  | { outcome: 'applied'; position: Position }
  /** An older frame than what is shown; nothing changed. */
  | { outcome: 'skipped' }
  /** A delta that does not belong to what we hold; ask for a snapshot. */
  | { outcome: 'lost' }

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)

/** Brings `values` up to the frame. Only what differs is touched, so a snapshot after a cut repaints no unchanged row. */
export function merge(values: Map<string, unknown>, at: Position | null, frame: Frame): Merged {
  const position = { epoch: frame.epoch, version: frame.version, id: frame.id }
  if (frame.kind === 'snapshot') {
    for (const key of [...values.keys()]) if (!Object.hasOwn(frame.set, key)) values.delete(key)
    for (const [key, value] of Object.entries(frame.set)) {
      if (!values.has(key) || !same(values.get(key), value)) values.set(key, value)
    }
    return { outcome: 'applied', position }
  }
  if (at === null || at.epoch !== frame.epoch) return { outcome: 'lost' }
  if (frame.version <= at.version) return { outcome: 'skipped' }
  for (const key of frame.del) values.delete(key)
  for (const [key, value] of Object.entries(frame.set)) values.set(key, value)
  return { outcome: 'applied', position }
}
