/** The real road against a hall that is played by `fetch`: whose name a parcel travels in. */
import { afterEach, expect, it, vi } from 'vitest'
import { hall, rememberCsrf } from '@shared/api/http'
import { HallRoad } from './road'
import { photograph, submit, slotKey, type, EMPTY } from './outbox'

const slot = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'A1', round: 1 }
const box = submit(type(EMPTY, slot, { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_1', now: 1 }), [slotKey(slot)], { key: 'k1', now: 2, iso: '' })
const parcel = box.parcels[0]!

afterEach(() => {
  vi.unstubAllGlobals()
  rememberCsrf(null)
})

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' } })
const problem = (status: number, code: string) => answer(status, { code, status, title: { zh: '不', en: 'No' } })

/** A hall whose cookie belongs to `signedIn`; it believes only that session's token. */
function browser(signedIn: string, strict = true) {
  const stored: { by: string; token: string | undefined }[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>
    if (strict && headers['x-account'] && headers['x-account'] !== signedIn) return Promise.resolve(problem(409, 'other_account'))
    if (path === '/api/session') return Promise.resolve(answer(200, { account: signedIn, name: signedIn, roles: [], csrf_token: `token of ${signedIn}` }))
    if (headers['x-csrf-token'] !== `token of ${signedIn}`) return Promise.resolve(problem(403, 'csrf_mismatch'))
    stored.push({ by: signedIn, token: headers['x-csrf-token'] })
    return Promise.resolve(answer(200, { accepted: [] }))
  })
  return stored
}
const later = { kind: 'later', failure: 'sign_in', after_ms: 60_000 }

it.each([true, false])("never in another's name: somebody else signed in in another tab (a hall that knows X-Account: %s)", async (strict) => {
  rememberCsrf('token of acc_li')
  const stored = browser('acc_wang', strict)
  const road = new HallRoad()
  expect(await road.deliver(parcel)).toEqual(later)
  expect(await road.deliver(parcel), 'nor at the second try').toEqual(later)
  expect(stored).toEqual([])
})

it("forgets the token when the cookie is another's", async () => {
  rememberCsrf('token of acc_li')
  browser('acc_wang')
  await new HallRoad().deliver(parcel)
  const seen: Record<string, string>[] = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    seen.push(init.headers as Record<string, string>)
    return Promise.resolve(answer(200, {}))
  })
  await hall.post('/api/x')
  expect(seen[0]!['x-csrf-token']).toBeUndefined()
})

it('fetches a new token for the same account and goes on', async () => {
  rememberCsrf('an old token')
  const stored = browser('acc_li')
  expect(await new HallRoad().deliver(parcel)).toMatchObject({ kind: 'taken' })
  expect(stored).toEqual([{ by: 'acc_li', token: 'token of acc_li' }])
})

it('a photograph travels as its own bytes, and one that is not here any more is said to be lost', async () => {
  rememberCsrf('token of acc_li')
  const sent: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push({ path, body: init.body })
    return Promise.resolve(answer(201, { id: 'pho_1', sha256: '', position: 1 }))
  })
  const taken = photograph(EMPTY, { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'A1.2', of: 'mark', photo: 'pho_1', at: '2026-11-22T08:00:00.000Z' }, { key: 'k', now: 1 }).parcels[0]!
  const body = new Uint8Array([1, 2, 3]).buffer
  expect(await new HallRoad(() => Promise.resolve(body)).deliver(taken)).toEqual({ kind: 'taken', accepted: [] })
  expect(sent).toEqual([{ path: '/api/contests/con_a/runs/run_1/photos?id=pho_1&of=mark&at=2026-11-22T08%3A00%3A00.000Z&aspect=A1.2', body }])
  expect(await new HallRoad(() => Promise.resolve(null)).deliver(taken)).toMatchObject({ kind: 'refused', problem: { code: 'photo_lost' } })
  expect(sent).toHaveLength(1)
})
