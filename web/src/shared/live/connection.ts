/**
 * One reader of one live topic: connects, resumes, waits, comes back.
 *
 * It reads with `fetch` rather than `EventSource`, because a page that was hidden has to come back with `Last-Event-ID` on
 * a connection of its own making, and because a status code (404, 403) has to be told from a cut.
 *
 * Flow: connecting → live ⇄ lost (waits with jitter, tries again) ; live → paused when the page is hidden, and at once back
 * when it is seen again. `missing` is a topic that is not there (yet), `refused` one that this reader may not see.
 */
import { clockOffset, noteHallTime } from './hallClock'
import { EventStreamReader, merge, parseFrame, type Position } from './frames'

export type LinkState = 'connecting' | 'live' | 'lost' | 'paused' | 'missing' | 'refused'

export interface Link {
  state: LinkState
  /** When the hall was last heard, a heartbeat included: what is shown was right at that moment. */
  heardAt: number | null
  /** Milliseconds to add to this device's clock to get the hall's; 0 unless the difference is plain. */
  clockOffset: number
}

export interface Surroundings {
  fetch: typeof fetch
  now: () => number
  random: () => number
  later: (run: () => void, ms: number) => () => void
  hidden: () => boolean
  /** Calls back whenever the page is hidden or shown, or the network returns. */
  watch: (changed: () => void) => () => void
}

export const browser: Surroundings = {
  fetch: (...args) => fetch(...args),
  now: () => Date.now(),
  random: () => Math.random(),
  later: (run, ms) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  hidden: () => document.visibilityState === 'hidden',
  watch: (changed) => {
    document.addEventListener('visibilitychange', changed)
    addEventListener('online', changed)
    addEventListener('pageshow', changed)
    return () => {
      document.removeEventListener('visibilitychange', changed)
      removeEventListener('online', changed)
      removeEventListener('pageshow', changed)
    }
  },
}

/** Heartbeats come every 15 s; after two and a half of them silence means a dead line. */
export const SILENCE_MS = 38_000
/** A glance at another tab should not cost a new connection. */
export const HIDDEN_GRACE_MS = 5_000
const FIRST_RETRY_MS = 1_500
const LONGEST_RETRY_MS = 15_000

export function retryDelay(attempt: number, asked: number | null, random: number): number {
  const base = Math.min(LONGEST_RETRY_MS, (asked ?? FIRST_RETRY_MS) * 2 ** Math.min(attempt, 4))
  return Math.round(base * (0.5 + random))
}

export class TopicReader {
  readonly link: Link = { state: 'connecting', heardAt: null, clockOffset: 0 }
  #position: Position | null = null
  #attempt = 0
  #retryMs: number | null = null
  #request: AbortController | null = null
  #cancelWait: (() => void) | null = null
  #cancelSilence: (() => void) | null = null
  #cancelPause: (() => void) | null = null
  #unwatch: (() => void) | null = null
  #closed = false

  constructor(
    private readonly url: string,
    private readonly values: Map<string, unknown>,
    private readonly changed: (link: Link) => void,
    private readonly around: Surroundings = browser,
  ) {}

  open() {
    this.#unwatch = this.around.watch(() => this.#surroundingsChanged())
    void this.#connect()
  }

  close() {
    this.#closed = true
    this.#unwatch?.()
    this.#cancelPause?.()
    this.#drop()
  }

  #surroundingsChanged() {
    if (this.#closed) return
    if (this.around.hidden()) {
      this.#cancelPause ??= this.around.later(() => {
        this.#cancelPause = null
        this.#drop()
        this.#show('paused')
      }, HIDDEN_GRACE_MS)
      return
    }
    this.#cancelPause?.()
    this.#cancelPause = null
    if (this.#request === null) {
      this.#attempt = 0
      this.#cancelWait?.()
      this.#cancelWait = null
      void this.#connect()
    }
  }

  #show(state: LinkState) {
    this.link.state = state
    this.link.clockOffset = clockOffset.value
    this.changed({ ...this.link })
  }

  #drop() {
    this.#cancelWait?.()
    this.#cancelSilence?.()
    this.#cancelWait = this.#cancelSilence = null
    this.#request?.abort()
    this.#request = null
  }

  async #connect() {
    const request = new AbortController()
    this.#request = request
    if (this.link.heardAt === null) this.#show('connecting')
    this.#heard(request, false)
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' }
      if (this.#position) headers['last-event-id'] = this.#position.id
      const response = await this.around.fetch(this.url, {
        headers,
        cache: 'no-store',
        credentials: 'same-origin',
        signal: request.signal,
      })
      if (!response.ok || !response.body) {
        this.#request = null
        if (response.status === 401 || response.status === 403) return this.#giveUp('refused')
        return this.#comeBack(response.status === 404 ? 'missing' : 'lost')
      }
      noteHallTime(response.headers.get('date'), this.around.now())
      await this.#read(response.body, request)
    } catch {
      // A cut, a timeout of ours, or our own abort; all end below.
    }
    if (this.#request !== request) return
    this.#request = null
    this.#comeBack('lost')
  }

  async #read(body: ReadableStream<Uint8Array>, request: AbortController) {
    const stream = new EventStreamReader()
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || request.signal.aborted) return
      const events = stream.push(decoder.decode(value, { stream: true }))
      this.#retryMs = stream.retryMs ?? this.#retryMs
      for (const event of events) {
        const frame = parseFrame(event)
        if (!frame) continue
        const merged = merge(this.values, this.#position, frame)
        if (merged.outcome === 'applied') this.#position = merged.position
        if (merged.outcome === 'lost') {
          this.#position = null
          request.abort()
          return
        }
      }
      this.#heard(request, true)
    }
  }

  #heard(request: AbortController, really: boolean) {
    this.#cancelSilence?.()
    this.#cancelSilence = this.around.later(() => request.abort(), SILENCE_MS)
    if (!really) return
    this.#attempt = 0
    this.link.heardAt = this.around.now()
    this.#show('live')
  }

  #comeBack(state: 'lost' | 'missing') {
    this.#cancelSilence?.()
    if (this.#closed) return
    this.#show(state)
    const delay = retryDelay(this.#attempt++, this.#retryMs, this.around.random())
    this.#cancelWait = this.around.later(() => {
      this.#cancelWait = null
      void this.#connect()
    }, delay)
  }

  #giveUp(state: 'refused') {
    this.#cancelSilence?.()
    this.#show(state)
  }
}
