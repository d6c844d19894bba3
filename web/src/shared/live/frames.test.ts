import { describe, expect, it } from 'vitest'
import { EventStreamReader, merge, parseFrame, type Frame, type Position } from './frames'

const stream = 'retry: 1730\n\nevent: snapshot\nid: k3f9-120\ndata: {"v":120,"set":{"h":{"name":"赛"},"r/a":[1]}}\n\n: heartbeat\n\nevent: delta\nid: k3f9-121\ndata: {"v":121,"set":{"r/a":[2]},"del":["h"]}\n\n'

describe('reading the stream', () => {
  it('finds the same events however the bytes are cut', () => {
    const whole = new EventStreamReader().push(stream)
    expect(whole.map((e) => [e.event, e.id])).toEqual([['snapshot', 'k3f9-120'], ['delta', 'k3f9-121']])
    for (let size = 1; size < 40; size++) {
      const reader = new EventStreamReader()
      const events = []
      for (let at = 0; at < stream.length; at += size) events.push(...reader.push(stream.slice(at, at + size)))
      expect(events).toEqual(whole)
      expect(reader.retryMs).toBe(1730)
    }
  })

  it('takes every kind of line end, and data on several lines', () => {
    const crlf = new EventStreamReader().push('event: delta\r\ndata: {"v":1,\r\ndata: "set":{}}\r\n\r\n')
    expect(crlf).toEqual([{ event: 'delta', id: null, data: '{"v":1,\n"set":{}}' }])
    const reader = new EventStreamReader()
    expect(reader.push('data: 1\r')).toEqual([])
    expect(reader.push('\ndata: 2\n\n')).toEqual([{ event: 'message', id: null, data: '1\n2' }])
  })
})

describe('frames', () => {
  it.each([
    ['an unknown event', { event: 'hello', id: 'a-1', data: '{"v":1}' }],
    ['no JSON', { event: 'delta', id: 'a-1', data: '{"v":1' }],
    ['no object', { event: 'delta', id: 'a-1', data: 'null' }],
    ['no version', { event: 'delta', id: 'a-1', data: '{"set":{}}' }],
  ])('refuses %s', (_name, event) => {
    expect(parseFrame(event)).toBeNull()
  })

  it('tells epoch and version apart, even when the epoch has a dash', () => {
    expect(parseFrame({ event: 'delta', id: 'a-b-7', data: '{"v":7}' })).toMatchObject({ epoch: 'a-b', version: 7, set: {}, del: [] })
  })
})

const frame = (kind: 'snapshot' | 'delta', version: number, set: Record<string, unknown>, del: string[] = [], epoch = 'e'): Frame => ({ kind, epoch, version, id: `${epoch}-${version}`, set, del })
const at = (version: number, epoch = 'e'): Position => ({ epoch, version, id: `${epoch}-${version}` })

describe('merging', () => {
  it('a snapshot replaces the map and leaves what is the same untouched', () => {
    const row = [1, 2]
    const values = new Map<string, unknown>([['r/a', row], ['old', 1]])
    expect(merge(values, null, frame('snapshot', 9, { 'r/a': [1, 2], 'r/b': [3] }))).toEqual({ outcome: 'applied', position: at(9) })
    expect([...values.keys()].sort()).toEqual(['r/a', 'r/b'])
    expect(values.get('r/a')).toBe(row)
  })

  it('a delta changes its keys only, and may skip versions', () => {
    const values = new Map<string, unknown>([['a', 1], ['b', 2], ['c', 3]])
    expect(merge(values, at(5), frame('delta', 11, { a: 10, d: 4 }, ['b'])).outcome).toBe('applied')
    expect(Object.fromEntries(values)).toEqual({ a: 10, c: 3, d: 4 })
  })

  it('a key that is deleted and set in one frame is set', () => {
    const values = new Map<string, unknown>([['a', 1]])
    merge(values, at(1), frame('delta', 2, { a: 2 }, ['a']))
    expect(values.get('a')).toBe(2)
  })

  it('an old or repeated delta changes nothing', () => {
    const values = new Map<string, unknown>([['a', 1]])
    expect(merge(values, at(5), frame('delta', 5, { a: 0 }))).toEqual({ outcome: 'skipped' })
    expect(merge(values, at(5), frame('delta', 4, { a: 0 }))).toEqual({ outcome: 'skipped' })
    expect(values.get('a')).toBe(1)
  })

  it('a delta of another life of the process, or before any snapshot, asks for a snapshot', () => {
    const values = new Map<string, unknown>([['a', 1]])
    expect(merge(values, at(5), frame('delta', 6, { a: 0 }, [], 'other'))).toEqual({ outcome: 'lost' })
    expect(merge(values, null, frame('delta', 6, { a: 0 }))).toEqual({ outcome: 'lost' })
    expect(values.get('a')).toBe(1)
  })

  it('snapshot plus deltas equals the newest snapshot, in whatever chunks the deltas were merged', () => {
    // A small random history, played one by one and with runs of versions melted into one frame.
    let seed = 42
    const random = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)
    const truth = new Map<string, unknown>()
    const history: { set: Record<string, unknown>; del: string[] }[] = []
    for (let n = 0; n < 200; n++) {
      const key = `k${Math.floor(random() * 12)}`
      if (random() < 0.25) {
        truth.delete(key)
        history.push({ set: {}, del: [key] })
      } else {
        truth.set(key, n)
        history.push({ set: { [key]: n }, del: [] })
      }
    }
    for (const chunk of [1, 2, 7, 50]) {
      const values = new Map<string, unknown>()
      let position: Position | null = at(0)
      for (let from = 0; from < history.length; from += chunk) {
        const melted = new Map<string, unknown>()
        for (const change of history.slice(from, from + chunk)) {
          for (const key of change.del) melted.set(key, undefined)
          for (const [key, value] of Object.entries(change.set)) melted.set(key, value)
        }
        const set = Object.fromEntries([...melted].filter(([, value]) => value !== undefined))
        const del = [...melted].filter(([, value]) => value === undefined).map(([key]) => key)
        const merged = merge(values, position, frame('delta', Math.min(history.length, from + chunk), set, del))
        if (merged.outcome === 'applied') position = merged.position
      }
      expect(new Map([...values].sort())).toEqual(new Map([...truth].sort()))
    }
  })
})
