import { describe, expect, it, vi } from 'vitest'
import { ANSWER_MS, AVOID_MS, FIRST_MS, HIDDEN_GRACE_MS, SILENCE_MS, STALE_MS, TopicReader, retryDelay, type Link, type Surroundings } from './connection'

/** A hall that answers as told, and a clock that moves only when told. */
function stand(liveOrigin: string | null = null, asksFirst = false) {
  let now = 1_000_000
  let hidden = false
  let timers: { at: number; run: () => void }[] = []
  let changed: (what: 'seen' | 'network') => void = () => {}
  const requests: { url: string; how: RequestInit; lastId: string | null; send: (text: string) => Promise<void>; end: () => Promise<void>; aborted: () => boolean }[] = []
  let answerWith: number | 'cut' | 'nothing' = 200
  let liveWith: number | 'cut' | 'nothing' = 200
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
    await new Promise((r) => setImmediate(r))
  }
  const around: Surroundings = {
    now: () => now,
    random: () => 0.5,
    hidden: () => hidden,
    watch: (callback) => {
      changed = callback
      return () => {
        changed = () => {}
      }
    },
    later: (run, ms) => {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((t) => t !== timer)
      }
    },
    // Where a board is not asked for at once, the page has done so in vain.
    begun: () => (asksFirst ? null : Promise.resolve(null)),
    ways: { origin: liveOrigin, avoidUntil: 0 },
    fetch: ((url: string, init: RequestInit) => {
      const with_ = url.startsWith('/') ? answerWith : liveWith
      if (with_ === 'cut') return Promise.reject(new TypeError('network'))
      if (with_ === 'nothing')
        return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))))
      if (with_ !== 200) return Promise.resolve(new Response('{}', { status: with_ }))
      let controller!: ReadableStreamDefaultController<Uint8Array>
      const body = new ReadableStream<Uint8Array>({ start: (c) => void (controller = c) })
      init.signal?.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')))
      requests.push({
        url,
        how: init,
        lastId: (init.headers as Record<string, string> | undefined)?.['last-event-id'] ?? null,
        send: async (text) => {
          controller.enqueue(new TextEncoder().encode(text))
          await settle()
        },
        end: async () => {
          controller.close()
          await settle()
        },
        aborted: () => init.signal?.aborted ?? false,
      })
      return Promise.resolve(new Response(body, { status: 200 }))
    }) as typeof fetch,
  }
  return {
    around,
    requests,
    settle,
    answer: (status: number | 'cut' | 'nothing') => (answerWith = status),
    answerLive: (status: number | 'cut' | 'nothing') => (liveWith = status),
    pass: async (ms: number) => {
      now += ms
      for (const timer of timers.filter((t) => t.at <= now)) {
        timers = timers.filter((t) => t !== timer)
        timer.run()
      }
      await settle()
    },
    hide: async (value: boolean) => {
      hidden = value
      changed('seen')
      await settle()
    },
    /** Time in which nothing runs, as in a page that the phone has put to sleep. */
    sleep: (ms: number) => {
      now += ms
    },
    online: async () => {
      changed('network')
      await settle()
    },
  }
}

const SNAPSHOT = 'retry: 1000\n\nevent: snapshot\nid: e-1\ndata: {"v":1,"set":{"a":1,"b":2}}\n\n'
const delta = (version: number, a: number, epoch = 'e') => `event: delta\nid: ${epoch}-${version}\ndata: {"v":${version},"set":{"a":${a}}}\n\n`

async function opened(liveOrigin: string | null = null, path = '/live/x', asksFirst = false) {
  const hall = stand(liveOrigin, asksFirst)
  const values = new Map<string, unknown>()
  const states: string[] = []
  let link: Link | null = null
  const reader = new TopicReader(path, values, (now) => {
    link = now
    if (states.at(-1) !== now.state) states.push(now.state)
  }, hall.around)
  reader.open()
  await hall.settle()
  return { hall, values, states, reader, link: () => link as Link | null }
}

describe('a reader of a topic', () => {
  it('is live from the first frame, and follows the deltas', async () => {
    const { hall, values, states } = await opened()
    expect(states).toEqual(['connecting'])
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.requests[0]!.send(delta(2, 7))
    expect(Object.fromEntries(values)).toEqual({ a: 7, b: 2 })
    expect(states).toEqual(['connecting', 'live'])
  })

  it('says when it lost the line, keeps what it shows, and resumes where it was', async () => {
    const { hall, values, states, link } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.requests[0]!.end()
    expect(states).toEqual(['connecting', 'live', 'lost'])
    expect(link()?.heardAt).toBe(1_000_000)
    expect(values.get('a')).toBe(1)
    await hall.pass(1_000)
    expect(hall.requests[1]!.lastId).toBe('e-1')
    await hall.requests[1]!.send(delta(5, 9))
    expect(values.get('a')).toBe(9)
    expect(states.at(-1)).toBe('live')
  })

  it('asks for a snapshot when the process behind the topic is another one', async () => {
    const { hall, values } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.requests[0]!.send(delta(2, 50, 'other'))
    expect(values.get('a')).toBe(1)
    await hall.pass(1_000)
    expect(hall.requests[1]!.lastId).toBeNull()
  })

  it('takes silence for a dead line; a heartbeat is no silence', async () => {
    const { hall, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.pass(SILENCE_MS - 1)
    await hall.requests[0]!.send(': heartbeat\n\n')
    await hall.pass(SILENCE_MS - 1)
    expect(states.at(-1)).toBe('live')
    await hall.pass(1)
    expect(states.at(-1)).toBe('lost')
  })

  it('pauses when hidden for a while and is back at once when seen', async () => {
    const { hall, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.hide(true)
    await hall.pass(HIDDEN_GRACE_MS - 1)
    expect(states.at(-1)).toBe('live')
    await hall.pass(1)
    expect(states.at(-1)).toBe('paused')
    expect(hall.requests[0]!.aborted()).toBe(true)
    await hall.pass(3_600_000)
    expect(hall.requests.length).toBe(1)
    await hall.hide(false)
    expect(hall.requests[1]!.lastId).toBe('e-1')
    await hall.requests[1]!.send(': here\n\n')
    expect(states.at(-1)).toBe('live')
  })

  it('a glance away costs nothing', async () => {
    const { hall } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.hide(true)
    await hall.pass(HIDDEN_GRACE_MS - 1)
    await hall.hide(false)
    await hall.pass(HIDDEN_GRACE_MS)
    expect(hall.requests.length).toBe(1)
    expect(hall.requests[0]!.aborted()).toBe(false)
  })

  it('tells a topic that is not there from one that it may not see', async () => {
    const { hall, states, reader } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answer(404)
    await hall.requests[0]!.end()
    await hall.pass(1_000)
    expect(states.at(-1)).toBe('missing')
    hall.answer(403)
    await hall.pass(60_000)
    expect(states.at(-1)).toBe('refused')
    hall.answer(200)
    await hall.pass(60_000)
    expect(hall.requests.length).toBe(1)
    reader.close()
  })

  it('keeps trying while the hall is down, and comes back by itself', async () => {
    const { hall, states, values } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answer('cut')
    await hall.requests[0]!.end()
    for (let n = 0; n < 8; n++) await hall.pass(30_000)
    expect(states.at(-1)).toBe('lost')
    hall.answer(200)
    await hall.pass(30_000)
    await hall.requests[1]!.send(delta(3, 3))
    expect(values.get('a')).toBe(3)
    expect(states.at(-1)).toBe('live')
  })

  it('a page that slept does not trust its line: it is back at once, where it was', async () => {
    const { hall, values, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.hide(true)
    hall.sleep(STALE_MS)
    await hall.hide(false)
    expect(hall.requests[0]!.aborted()).toBe(true)
    expect(hall.requests[1]!.lastId).toBe('e-1')
    await hall.requests[1]!.send(delta(9, 90))
    expect(values.get('a')).toBe(90)
    expect(states).not.toContain('lost')
  })

  it('a stream that was dropped while the page was hidden is asked for anew as soon as it is seen', async () => {
    const { hall, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.hide(true)
    await hall.requests[0]!.end()
    expect(states.at(-1)).toBe('lost')
    await hall.hide(false)
    expect(hall.requests[1]!.lastId).toBe('e-1')
    // And only once: the timer that waited for it is gone.
    await hall.pass(20_000)
    expect(hall.requests.length).toBe(2)
  })

  it('leaves the old line when the network returns, however fresh it seems', async () => {
    const { hall } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.online()
    expect(hall.requests[0]!.aborted()).toBe(true)
    expect(hall.requests[1]!.lastId).toBe('e-1')
  })

  it('does not wait out a long pause when it is seen again', async () => {
    const { hall, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answer('cut')
    await hall.requests[0]!.end()
    for (let n = 0; n < 6; n++) await hall.pass(30_000)
    hall.answer(200)
    await hall.hide(true)
    await hall.hide(false)
    await hall.requests[1]!.send(delta(2, 2))
    expect(states.at(-1)).toBe('live')
  })

  it('a closed reader is silent', async () => {
    const { hall, reader, states } = await opened()
    await hall.requests[0]!.send(SNAPSHOT)
    reader.close()
    await hall.settle()
    await hall.pass(60_000)
    expect(hall.requests.length).toBe(1)
    expect(states.at(-1)).toBe('live')
  })
})

describe('the live listener', () => {
  const LIVE = 'http://hall:8081'
  const PATH = '/live/contests/c/overall'

  it('is asked first, without sign-in, with the position in the address', async () => {
    const { hall, values } = await opened(LIVE, PATH)
    expect(hall.requests[0]!.url).toBe(LIVE + PATH)
    expect(hall.requests[0]!.how.credentials).toBe('omit')
    await hall.requests[0]!.send(SNAPSHOT)
    await hall.requests[0]!.end()
    await hall.pass(1_000)
    expect(hall.requests[1]!.url).toBe(`${LIVE}${PATH}?last_event_id=e-1`)
    expect(hall.requests[1]!.lastId).toBeNull()
    await hall.requests[1]!.send(delta(2, 4))
    expect(values.get('a')).toBe(4)
  })

  it('is not for staff', async () => {
    const { hall } = await opened(LIVE, '/live/staff/contests/c/control')
    expect(hall.requests[0]!.url).toBe('/live/staff/contests/c/control')
  })

  for (const how of ['cut', 502] as const)
    it(`gives way to the main address at once when it can't be reached (${how}), and is tried again later`, async () => {
      const { hall, states } = await opened(LIVE, PATH)
      await hall.requests[0]!.send(SNAPSHOT)
      hall.answerLive(how)
      await hall.requests[0]!.end()
      await hall.pass(1_000)
      expect(hall.requests[1]!.url).toBe(PATH)
      expect(hall.requests[1]!.lastId).toBe('e-1')
      await hall.requests[1]!.send(delta(2, 4))
      expect(states.at(-1)).toBe('live')
      hall.answerLive(200)
      hall.sleep(AVOID_MS)
      await hall.requests[1]!.end()
      await hall.pass(1_000)
      expect(hall.requests[2]!.url).toBe(`${LIVE}${PATH}?last_event_id=e-2`)
    })

  it('gives way when nothing comes from it at all', async () => {
    const { hall } = await opened(LIVE, PATH)
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answerLive('nothing')
    await hall.requests[0]!.end()
    await hall.pass(1_000)
    expect(hall.requests.length).toBe(1)
    await hall.pass(ANSWER_MS)
    expect(hall.requests[1]!.url).toBe(PATH)
  })

  it('gives way when it answers but something on the way holds the stream back', async () => {
    const { hall } = await opened(LIVE, PATH)
    await hall.pass(SILENCE_MS)
    expect(hall.requests[1]!.url).toBe(PATH)
  })

  it('that is full or stops is no reason to go elsewhere: the main address is the same hall', async () => {
    const { hall, states } = await opened(LIVE, PATH)
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answerLive(503)
    await hall.requests[0]!.end()
    await hall.pass(1_000)
    expect(states.at(-1)).toBe('lost')
    hall.answerLive(200)
    await hall.pass(20_000)
    expect(hall.requests[1]!.url.startsWith(LIVE)).toBe(true)
  })

  it('is waited for like any other when the main address is down as well', async () => {
    const { hall, states } = await opened(LIVE, PATH)
    await hall.requests[0]!.send(SNAPSHOT)
    hall.answerLive('cut')
    hall.answer('cut')
    await hall.requests[0]!.end()
    await hall.pass(1_000)
    expect(states.at(-1)).toBe('lost')
    hall.answer(200)
    await hall.pass(20_000)
    expect(hall.requests[1]!.url).toBe(PATH)
  })
})

describe('coming back', () => {
  it('waits longer each time, between half and one and a half of the base, never beyond the longest', () => {
    expect(retryDelay(0, 1_000, 0)).toBe(500)
    expect(retryDelay(0, 1_000, 1)).toBe(1_500)
    expect(retryDelay(2, 1_000, 0.5)).toBe(4_000)
    expect(retryDelay(40, 1_000, 1)).toBe(22_500)
    expect(retryDelay(0, null, 0.5)).toBe(1_500)
  })
})

describe('a board begins with one answer', () => {
  const BOARD = '/live/contests/con_a/overall'
  const WHOLE = '/api/contests/con_a/views/overall'
  const whole = '{"id":"e-7","v":7,"set":{"a":1,"b":2}}'
  /** A whole answer; the browser reads it in its own time. */
  const given = async (hall: ReturnType<typeof stand>, text: string) => {
    await hall.requests[0]!.send(text)
    await hall.requests[0]!.end()
    await vi.waitFor(() => expect(hall.requests.length).toBe(2))
  }

  it('and the stream goes on from there', async () => {
    const { hall, values, states } = await opened(null, BOARD, true)
    expect(hall.requests.map((each) => each.url)).toEqual([WHOLE])
    await given(hall, whole)
    expect([Object.fromEntries(values), states]).toEqual([{ a: 1, b: 2 }, ['connecting']])
    expect([hall.requests[1]!.url, hall.requests[1]!.lastId]).toEqual([BOARD, 'e-7'])
    await hall.requests[1]!.send(delta(8, 9))
    expect([values.get('a'), states.at(-1)]).toEqual([9, 'live'])
  })
  it('that the page has asked for already, once', async () => {
    const hall = stand()
    let asked = 0
    const body: unknown = JSON.parse(whole)
    hall.around.begun = (address) => (asked++ === 0 && address === WHOLE ? Promise.resolve({ headers: new Headers(), body }) : null)
    const values = new Map<string, unknown>()
    new TopicReader(BOARD, values, () => {}, hall.around).open()
    await hall.settle()
    expect([hall.requests.map((each) => [each.url, each.lastId]), values.get('b'), asked]).toEqual([[[BOARD, 'e-7']], 2, 1])
  })
  it('or with the stream, where that can not be had', async () => {
    for (const bad of ['<html>', '{}', 'null', '{"id":"e-1"}', '{"id":5,"v":1,"set":{}}', '{"id":"e-1","v":"1","set":{}}']) {
      const { hall, values } = await opened(null, BOARD, true)
      await given(hall, bad)
      expect([hall.requests[1]?.url, hall.requests[1]?.lastId, values.size], bad).toEqual([BOARD, null, 0])
    }
    const silent = await opened(null, BOARD, true)
    await silent.hall.pass(FIRST_MS)
    expect([silent.hall.requests[0]!.aborted(), silent.hall.requests[1]?.url]).toEqual([true, BOARD])
  })
  it('which is not asked for again after a cut', async () => {
    const { hall } = await opened(null, BOARD, true)
    await given(hall, whole)
    await hall.requests[1]!.end()
    await hall.pass(20_000)
    expect([hall.requests.length, hall.requests[2]!.url, hall.requests[2]!.lastId]).toEqual([3, BOARD, 'e-7'])
  })
  it('is for the board alone, and for nobody who has gone', async () => {
    for (const path of ['/live/contests/con_a/team/tea_1', '/live/staff/contests/con_a/overall', '/live/contests/con_a/overall?x=1']) expect((await opened(null, path, true)).hall.requests.map((each) => each.url)).toEqual([path])
    const { hall, reader, values } = await opened(null, BOARD, true)
    reader.close()
    expect(hall.requests[0]!.aborted()).toBe(true)
    await hall.settle()
    expect([hall.requests.length, values.size]).toEqual([1, 0])
  })
})
