import { afterEach, describe, expect, it, vi } from 'vitest'
import { everyPage } from './client'
import { HallProblem, HallUnreachable, hall, hallFetch, newKey, rememberCsrf } from './http'

afterEach(() => {
  vi.unstubAllGlobals()
  rememberCsrf(null)
})

function answering(make: (request: { path: string; init: RequestInit }) => Response | Promise<Response>) {
  const seen: { path: string; headers: Record<string, string>; body: unknown }[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    seen.push({ path, headers: init.headers as Record<string, string>, body: init.body })
    return Promise.resolve(make({ path, init }))
  })
  return seen
}
const json = (status: number, body: unknown, type = 'application/json') => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })

describe('writing', () => {
  it('carries a key and, once signed in, the CSRF token', async () => {
    const seen = answering(() => json(200, { ok: true }))
    await hall.post('/api/x', { a: 1 })
    rememberCsrf('token')
    await hall.post('/api/x', { a: 1 }, 'given-key')
    expect(seen[0]!.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    expect(seen[0]!.headers['x-csrf-token']).toBeUndefined()
    expect(seen[1]!.headers).toMatchObject({ 'idempotency-key': 'given-key', 'x-csrf-token': 'token', 'content-type': 'application/json' })
    expect(seen[1]!.body).toBe('{"a":1}')
  })
  it('makes a new key each time', () => {
    expect(new Set(Array.from({ length: 100 }, newKey)).size).toBe(100)
  })
})

describe('answers', () => {
  it('a refusal is a problem with its words and fields', async () => {
    const problem = { code: 'mark_out_of_range', status: 422, title: { zh: '分数超出范围', en: 'The mark is out of range' }, request_id: 'req_1', fields: [{ path: 'marks[0].value', detail: { zh: '最多 3', en: '3 at most' } }] }
    answering(() => json(422, problem, 'application/problem+json'))
    const caught = await hall.post('/api/x', {}).catch((e: unknown) => e)
    expect(caught).toBeInstanceOf(HallProblem)
    expect((caught as HallProblem).problem).toMatchObject(problem)
  })
  it('a refusal that is no problem document still says something in both languages', async () => {
    answering(() => new Response('<html>502</html>', { status: 502, headers: { 'content-type': 'text/html' } }))
    const caught = (await hall.get('/api/x').catch((e: unknown) => e)) as HallProblem
    expect(caught.code).toBe('hall_failed')
    expect(caught.problem.title.zh).toContain('502')
    expect(caught.problem.title.en).toContain('502')
  })
  it('no answer is told from a refusal', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await expect(hall.get('/api/x')).rejects.toBeInstanceOf(HallUnreachable)
  })
  it.each([
    ['cut off while it was read', () => new Response(new ReadableStream({ start: (body) => body.error(new TypeError('cut')) }), { headers: { 'content-type': 'application/json' } })],
    ['no JSON although it says so', () => new Response('<html>sign in to the network', { headers: { 'content-type': 'application/json' } })],
  ])('an answer that is none is no answer: %s', async (_, make) => {
    answering(make)
    await expect(hall.get('/api/x')).rejects.toBeInstanceOf(HallUnreachable)
  })
  it('whoever gives up reading is told what he said, not that the hall is gone', async () => {
    const stop = new AbortController()
    answering(() => new Response(new ReadableStream({ pull: (body) => (stop.abort(new Error('enough')), body.error(stop.signal.reason)) }), { headers: { 'content-type': 'application/json' } }))
    await expect(hall.get('/api/x', stop.signal)).rejects.toThrow('enough')
  })
  it('204 has no body', async () => {
    answering(() => new Response(null, { status: 204 }))
    await expect(hall.write('DELETE', '/api/session')).resolves.toBeUndefined()
  })
})

describe('the typed client', () => {
  it('adds to a write what every write carries, and to a reading nothing', async () => {
    const seen: Request[] = []
    vi.stubGlobal('fetch', (request: Request) => {
      seen.push(request)
      return Promise.resolve(json(200, { items: [], next: null }))
    })
    rememberCsrf('token')
    await hallFetch(new Request('http://hall/api/x', { method: 'POST', body: '{}' }))
    await hallFetch(new Request('http://hall/api/x', { method: 'POST', body: '{}', headers: { 'idempotency-key': 'mine' } }))
    await hallFetch(new Request('http://hall/api/x'))
    expect(seen.map((r) => [r.headers.get('idempotency-key')?.length ?? 0, r.headers.get('x-csrf-token')])).toEqual([[32, 'token'], [4, 'token'], [0, null]])
  })
  it('throws refusals and silence', async () => {
    vi.stubGlobal('fetch', async () => json(409, { code: 'contest_closed', status: 409, title: { zh: '已结束', en: 'Closed' } }, 'application/problem+json'))
    await expect(hallFetch(new Request('http://hall/api/x'))).rejects.toMatchObject({ code: 'contest_closed', status: 409 })
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')))
    await expect(hallFetch(new Request('http://hall/api/x'))).rejects.toBeInstanceOf(HallUnreachable)
  })
  it('follows a list to its last page', async () => {
    const pages: Record<string, { items: number[]; next: string | null }> = { first: { items: [1, 2], next: 'b' }, b: { items: [3], next: null } }
    expect(await everyPage((cursor) => Promise.resolve({ data: pages[cursor ?? 'first']! }))).toEqual([1, 2, 3])
  })
})
