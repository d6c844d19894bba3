import { describe, expect, it } from 'vitest'
import { onTheLine, usable } from './ways'

describe('the origin that a page names', () => {
  it('is an origin, and no less safe than the page', () => {
    expect(usable('http://hall:8081', 'http:')).toBe('http://hall:8081')
    expect(usable('https://live.example:8443', 'https:')).toBe('https://live.example:8443')
    expect(usable('https://live.example', 'http:')).toBe('https://live.example')
    expect(usable('http://hall:8081', 'https:')).toBeNull()
    for (const odd of [undefined, null, '', 'hall:8081', '//hall', 'ftp://hall', 'http://hall/', 'http://hall/x', 'http://', 'javascript:1', 'http://a b'])
      expect(usable(odd, 'http:'), String(odd)).toBeNull()
  })
})

describe('the way to a topic', () => {
  const at = { epoch: 'e', version: 1, id: 'e-1' }
  it('keeps what stands in the address already', () => {
    const ways = { origin: 'http://hall:8081', avoidUntil: 0 }
    expect(onTheLine('/live/contests/c/overall?x=1', at, ways, 0).url).toBe('http://hall:8081/live/contests/c/overall?x=1&last_event_id=e-1')
    expect(onTheLine('/live/contests/c/overall', null, ways, 0).url).toBe('http://hall:8081/live/contests/c/overall')
  })
  it('is the main address without a listener, and while it is left alone', () => {
    for (const ways of [{ origin: null, avoidUntil: 0 }, { origin: 'http://hall:8081', avoidUntil: 5 }]) {
      const way = onTheLine('/live/contests/c/overall', at, ways, 4)
      expect(way).toEqual({ url: '/live/contests/c/overall', how: { headers: { accept: 'text/event-stream', 'last-event-id': 'e-1' }, credentials: 'same-origin' }, live: false })
    }
  })
})
