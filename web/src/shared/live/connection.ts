/**
 * One reader of one live topic: connects, resumes, waits, comes back.
 *
 * It reads with `fetch` rather than `EventSource`, because a page that was hidden has to come back with `Last-Event-ID` on
 * a connection of its own making, and because a status code (404, 403) has to be told from a cut.
 *
 * Flow: connecting → live ⇄ lost (waits with jitter, tries again) ; live → paused when the page is hidden, and at once back
 * when it is seen again. `missing` is a topic that is not there (yet), `refused` one that this reader may not see.
 *
 * Coming back is the common case: a phone drops the stream of a hidden page after seconds, often without telling. So a page
 * that is seen again, or finds the network again, never waits for a timer, and never trusts a line that has been silent.
 *
 * Public topics are read from the hall's live listener where the page names one (see `ways.ts`); what can't be reached
 * there is read from the main address at once.
 */
import { noteHallTime } from './hallClock'
import { EventStreamReader, firstOf, merge, parseFrame, snapshotOf, type Position } from './frames'
import { onTheLine, pageOrigin, type Ways, type Way } from './ways'

export type LinkState = 'connecting' | 'live' | 'lost' | 'paused' | 'missing' | 'refused'

export interface Link {
  state: LinkState
  /** When the hall was last heard, a heartbeat included: what is shown was right at that moment. */
  heardAt: number | null
}

export interface Answered {
  headers: Headers
  body: unknown
}

export interface Surroundings {
  fetch: typeof fetch
  now: () => number
  random: () => number
  later: (run: () => void, ms: number) => () => void
  hidden: () => boolean
  /** Calls back whenever the page is hidden or shown, or the network returns. */
  watch: (changed: (what: 'seen' | 'network') => void) => () => void
  /** What the page has asked for before its program came; once. */
  begun: (address: string) => Promise<Answered | null> | null
  /** The live listener's origin, if there is one, and until when it is left alone. */
  ways: Ways
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
    const seen = () => changed('seen')
    const network = () => changed('network')
    document.addEventListener('visibilitychange', seen)
    addEventListener('pageshow', seen)
    addEventListener('online', network)
    return () => {
      document.removeEventListener('visibilitychange', seen)
      removeEventListener('pageshow', seen)
      removeEventListener('online', network)
    }
  },
  begun: (address) => {
    const page = window as { guildhallFirst?: { address: string; answer: Promise<Answered | null> } }
    const first = page.guildhallFirst
    if (first?.address !== address) return null
    delete page.guildhallFirst
    return first.answer
  },
  ways: { origin: pageOrigin(), avoidUntil: 0 },
}

/** Heartbeats come every 15 s; after two and a half of them silence means a dead line. */
export const SILENCE_MS = 38_000
/** A heartbeat is overdue: a line that says nothing for so long is not trusted by a page that is seen again. */
export const STALE_MS = 17_000
/** The live listener answers at once or is out of reach; where a firewall swallows what is sent, nothing else tells. */
export const ANSWER_MS = 6_000
/** A glance at another tab should not cost a new connection. */
export const HIDDEN_GRACE_MS = 5_000
/** So long the main address serves when the live listener could not be reached. */
export const AVOID_MS = 60_000
const FIRST_RETRY_MS = 1_500
const LONGEST_RETRY_MS = 15_000

/** A first answer that takes longer is not waited for. */
export const FIRST_MS = 6_000

export function retryDelay(attempt: number, asked: number | null, random: number): number {
  const base = Math.min(LONGEST_RETRY_MS, (asked ?? FIRST_RETRY_MS) * 2 ** Math.min(attempt, 4))
  return Math.round(base * (0.5 + random))
}

export class TopicReader {
  readonly link: Link = { state: 'connecting', heardAt: null }
  #position: Position | null = null
  #attempt = 0
  #retryMs: number | null = null
  #request: AbortController | null = null
  #cancelWait: (() => void) | null = null
  #cancelSilence: (() => void) | null = null
  #cancelPause: (() => void) | null = null
  #unwatch: (() => void) | null = null
  #closed = false
  /** Where the whole map can be had at once; asked once. */
  #first: string | null
  /** When the present line began or was last heard. */
  #quietSince = 0

  constructor(
    private readonly url: string,
    private readonly values: Map<string, unknown>,
    private readonly changed: (link: Link) => void,
    private readonly around: Surroundings = browser,
  ) {
    this.#first = firstOf(url)
  }

  open() {
    this.#unwatch = this.around.watch((what) => this.#surroundingsChanged(what))
    void this.#connect()
  }

  close() {
    this.#closed = true
    this.#unwatch?.()
    this.#cancelPause?.()
    this.#drop()
  }

  #surroundingsChanged(what: 'seen' | 'network') {
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
    // After a break of the network the old line leads nowhere, even if nobody has said so.
    const dead = this.#request === null || what === 'network' || this.around.now() - this.#quietSince >= STALE_MS
    if (!dead) return
    if (what === 'network') this.around.ways.avoidUntil = 0
    this.#attempt = 0
    this.#drop()
    void this.#connect()
  }

  #show(state: LinkState) {
    this.link.state = state
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
    this.#quietSince = this.around.now()
    if (this.link.heardAt === null) this.#show('connecting')
    this.#watchSilence(request)
    if (this.#position === null && this.#first !== null) {
      await this.#beginWith(this.#first, request)
      if (this.#request !== request) return
    }
    const way = onTheLine(this.url, this.#position, this.around.ways, this.around.now())
    const answered = await this.#ask(way, request)
    if (this.#request !== request) return
    this.#request = null
    if (answered === 'elsewhere') {
      this.#cancelSilence?.()
      void this.#connect()
    } else if (answered === 'refused') this.#giveUp('refused')
    else this.#comeBack(answered)
  }

  /**
   * The whole map in one compressed answer, which the page may have asked for before its program came; the stream then goes on from there. Where
   * that can't be had, the stream begins with it as well.
   */
  async #beginWith(address: string, request: AbortController) {
    this.#first = null
    const asking = new AbortController()
    const stop = () => asking.abort()
    request.signal.addEventListener('abort', stop)
    const cancel = this.around.later(stop, FIRST_MS)
    try {
      const found = await (this.around.begun(address) ?? this.#askOnce(address, asking.signal))
      if (found === null) return
      noteHallTime(found.headers, this.around.now())
      const frame = snapshotOf(found.body)
      if (!frame || asking.signal.aborted) return
      const merged = merge(this.values, null, frame)
      if (merged.outcome === 'applied') this.#position = merged.position
    } catch {
      // The stream will tell.
    } finally {
      cancel()
      request.signal.removeEventListener('abort', stop)
    }
  }

  async #askOnce(address: string, signal: AbortSignal): Promise<Answered | null> {
    const response = await this.around.fetch(address, { signal })
    return response.ok ? { headers: response.headers, body: await response.json() } : null
  }

  /** Follows one connection to its end, and says what to do next. */
  async #ask(way: Way, request: AbortController): Promise<'lost' | 'missing' | 'refused' | 'elsewhere'> {
    let said = false
    const cancelAnswer = way.live ? this.around.later(() => request.abort(), ANSWER_MS) : () => {}
    try {
      const response = await this.around.fetch(way.url, { ...way.how, cache: 'no-store', signal: request.signal })
      cancelAnswer()
      // A node that stops or is full says so, and a topic that isn't there isn't there on the main address either.
      said = response.ok || response.status === 404 || response.status === 503
      if (said || !way.live) {
        if (response.status === 401 || response.status === 403) return 'refused'
        if (!response.ok || !response.body) return response.status === 404 ? 'missing' : 'lost'
        noteHallTime(response.headers, this.around.now())
        said = false
        await this.#read(response.body, request, () => (said = true))
      }
    } catch {
      // A cut, a timeout of ours, or our own abort; all end below.
    }
    cancelAnswer()
    if (said || !way.live || this.#request !== request) return 'lost'
    // Never a word from there: a port that is closed on the way, a certificate that is not trusted, a proxy that holds back.
    this.around.ways.avoidUntil = this.around.now() + AVOID_MS
    return 'elsewhere'
  }

  async #read(body: ReadableStream<Uint8Array>, request: AbortController, heard: () => void) {
    const stream = new EventStreamReader()
    const decoder = new TextDecoder()
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || request.signal.aborted) return
      heard()
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
      this.#watchSilence(request)
      this.#attempt = 0
      this.link.heardAt = this.#quietSince = this.around.now()
      this.#show('live')
    }
  }

  /** From now on silence counts. */
  #watchSilence(request: AbortController) {
    this.#cancelSilence?.()
    this.#cancelSilence = this.around.later(() => request.abort(), SILENCE_MS)
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
