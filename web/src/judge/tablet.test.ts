/** The tablet as a whole, started anew as a reload would, on an in-memory IndexedDB and a hall played by `fetch`. */
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

interface Hall {
  /** Whose cookie the browser holds. */
  cookie: string | null
  network: boolean
  said: string[]
}
let hall: Hall

const answer = (status: number, body: unknown) => new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
const problem = (status: number, code: string) => answer(status, { code, status, title: { zh: '不', en: 'No' } })

function respond(path: string, init: RequestInit): Response {
  const headers = init.headers as Record<string, string>
  const method = init.method ?? 'GET'
  hall.said.push(`${method} ${path}`)
  if (hall.cookie === null) return problem(401, 'not_signed_in')
  if (headers['x-account'] && headers['x-account'] !== hall.cookie) return problem(409, 'other_account')
  if (path === '/api/session' && method === 'GET') return answer(200, sessionOf(hall.cookie))
  if (method !== 'GET' && headers['x-csrf-token'] !== `token of ${hall.cookie}`) return problem(403, 'csrf_mismatch')
  if (path === '/api/session') {
    hall.cookie = null
    return answer(204, null)
  }
  if (path.endsWith('/marks')) return answer(200, { accepted: (JSON.parse(String(init.body)) as { marks: { id: string; aspect: string }[] }).marks.map((mark) => ({ ...mark, given: '1.00', position: 1 })) })
  return answer(200, { items: [] })
}
const sessionOf = (account: string) => ({ account, name: account, roles: [], csrf_token: `token of ${account}` })

/** A window of the tablet: the module with everything it remembers, from nothing. */
async function open() {
  vi.resetModules()
  const tablet = await import('./tablet')
  await tablet.startTablet()
  return { ...tablet, ...tablet.useTablet() }
}

beforeEach(() => {
  hall = { cookie: 'acc_li', network: true, said: [] }
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => (hall.network ? Promise.resolve(respond(path, init)) : Promise.reject(new TypeError('no network'))))
  vi.stubGlobal('indexedDB', new IDBFactory())
  sessionStorage.clear()
})
afterEach(() => vi.unstubAllGlobals())

it('signing out without a network signs out: a reload signs nobody in, and the hall is told first', async () => {
  let tablet = await open()
  expect(tablet.session.value?.account).toBe('acc_li')
  hall.network = false
  await tablet.signOut()
  expect(tablet.session.value).toBeNull()

  tablet = await open()
  expect(tablet.session.value, 'without a network').toBeNull()
  sessionStorage.clear()
  hall.network = true
  hall.said = []
  tablet = await open()
  expect(tablet.session.value, 'with one again').toBeNull()
  expect(hall.said).toEqual(['GET /api/session', 'DELETE /api/session', 'GET /api/session'])
  expect(hall.cookie).toBeNull()
})

it('signing out never ends the session of whoever signed in in another window', async () => {
  const tablet = await open()
  hall.cookie = 'acc_wang'
  await tablet.signOut()
  expect(hall.cookie).toBe('acc_wang')
  expect(hall.said).not.toContain('DELETE /api/session')
})

/** What is asked for at the doors named hangs until it is let go, as on a line that is dead. */
function hanging(door: RegExp) {
  const real = globalThis.fetch
  let letGo = () => {}
  const gone = new Promise<void>((done) => (letGo = done))
  const asked = vi.fn()
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    if (!door.test(`${init.method ?? 'GET'} ${path}`)) return real(path, init)
    asked()
    return gone.then(() => real(path, init))
  })
  return { letGo, asked }
}

it('asked twice to sign out while a delivery hangs, it signs out once, and for good', async () => {
  const tablet = await open()
  const outbox = await import('./outbox/outbox')
  const { letGo, asked } = hanging(/marks$/)
  await tablet.change((now) => outbox.submit(outbox.type(now, slotOf('A1'), { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_A1', now: 1 }), [outbox.slotKey(slotOf('A1'))], { key: 'k1', now: 1, iso: '' }))
  void tablet.hurry()
  await expect.poll(() => asked.mock.calls.length).toBe(1)
  const both = [tablet.signOut(), tablet.signOut()]
  expect(tablet.signingOut.value).toBe(true)
  // The line is looked for meanwhile: that signs nobody in.
  await tablet.checkSession()
  hall.network = false
  letGo()
  await Promise.all(both)
  expect([tablet.session.value, tablet.signingOut.value]).toEqual([null, false])
  const { Storage } = await import('./outbox/storage')
  expect((await (await Storage.open()).session('left'))?.account, 'a reload knows it too').toBe('acc_li')

  hall.network = true
  await tablet.checkSession()
  expect([tablet.session.value, hall.cookie]).toEqual([null, null])
  expect(tablet.unsent.value.count, 'what is unsent waits for him').toBe(0)
  expect(tablet.leftByOthers.value).toEqual({ acc_li: 1 })
})

it('an answer to who is signed in that was asked for before the sign-out signs nobody in after it', async () => {
  const tablet = await open()
  let late: (found: Response) => void = () => {}
  const real = globalThis.fetch
  vi.stubGlobal('fetch', () => new Promise<Response>((done) => (late = done)))
  const looking = tablet.checkSession()
  vi.stubGlobal('fetch', real)
  await tablet.signOut()
  late(answer(200, sessionOf('acc_li')))
  await looking
  expect(tablet.session.value).toBeNull()
})

const slotOf = (aspect: string) => ({ account: 'acc_li', contest: 'con_a', run: 'run_1', aspect, round: 1 })
/** What another window does: writes to the same disk and says so. */
async function otherWindowWrites(aspect: string) {
  const { Storage } = await import('./outbox/storage')
  const outbox = await import('./outbox/outbox')
  const disk = await Storage.open()
  const before = await disk.load()
  await disk.save(before, outbox.type(before, slotOf(aspect), { value: { kind: 'yes_no', yes: true } }, { mark_id: `mrk_${aspect}`, now: 1 }))
  const channel = new BroadcastChannel('guildhall-judge')
  channel.postMessage('written')
  channel.close()
  return { disk, outbox }
}

it('without IndexedDB what was noted down is shown and stays noted', async () => {
  const outbox = await import('./outbox/outbox')
  const { whatChanged } = await import('./outbox/storage')
  // The keystroke before a reload: noted down in the same breath, not yet on the disk.
  const typed = outbox.type(outbox.EMPTY, slotOf('A1'), { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_A1', now: 1 })
  sessionStorage.setItem('guildhall.judge.journal', JSON.stringify(whatChanged(outbox.EMPTY, typed)))
  vi.stubGlobal('indexedDB', { open: () => { throw new Error('no disk') } })
  for (const reload of [1, 2]) {
    const tablet = await open()
    expect(Object.keys(tablet.box.value.drafts), `reload ${reload}`).toContain(outbox.slotKey(slotOf('A1')))
    expect(tablet.diskFault.value).toBe('no disk')
    await tablet.change((now) => outbox.type(now, slotOf('A2'), { note: `${reload}` }, { mark_id: 'mrk_A2', now: 1 }))
  }
  expect(Object.keys((await open()).box.value.drafts)).toHaveLength(2)
})

it('an answer that is none does not keep the outbox from leaving', async () => {
  const outbox = await import('./outbox/outbox')
  const real = globalThis.fetch
  let broken = true
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => (path === '/api/session' && broken ? Promise.resolve(new Response('<html>a portal', { headers: { 'content-type': 'application/json' } })) : real(path, init)))
  sessionStorage.setItem('guildhall.csrf', 'token of acc_li')
  const { Storage } = await import('./outbox/storage')
  const disk = await Storage.open()
  await disk.keepSession('last', sessionOf('acc_li') as never)
  const submitted = outbox.submit(outbox.type(outbox.EMPTY, slotOf('A1'), { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_A1', now: 1 }), [outbox.slotKey(slotOf('A1'))], { key: 'k1', now: 1, iso: '' })
  await disk.save(outbox.EMPTY, submitted)
  const tablet = await open()
  await expect.poll(() => tablet.unsent.value.count).toBe(0)
  broken = false
})

it('a failed read of what another window wrote does not end saving', async () => {
  const tablet = await open()
  const { Storage } = await import('./outbox/storage')
  const load = vi.spyOn(Storage.prototype, 'load').mockRejectedValueOnce(new Error('the disk stutters'))
  const channel = new BroadcastChannel('guildhall-judge')
  channel.postMessage('written')
  channel.close()
  await expect.poll(() => tablet.diskFault.value).toBe('the disk stutters')
  load.mockRestore()
  const outbox = await import('./outbox/outbox')
  await tablet.change((now) => outbox.type(now, slotOf('A1'), { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_A1', now: 1 }))
  expect(Object.keys((await (await Storage.open()).load()).drafts)).toEqual([outbox.slotKey(slotOf('A1'))])
  expect(tablet.diskFault.value).toBeNull()
})

it('typed while the other window wrote: both are there, here and on the disk', async () => {
  const tablet = await open()
  const outbox = await import('./outbox/outbox')
  const { Storage } = await import('./outbox/storage')
  const load = Storage.prototype.load
  let typed = false
  vi.spyOn(Storage.prototype, 'load').mockImplementation(async function (this: Awaited<ReturnType<typeof Storage.open>>) {
    const found = await load.call(this)
    if (Object.keys(found.drafts).length > 0 && !typed) {
      typed = true
      void tablet.change((now) => outbox.type(now, slotOf('A2'), { value: { kind: 'yes_no', yes: false } }, { mark_id: 'mrk_A2', now: 2 }))
    }
    return found
  })
  const { disk } = await otherWindowWrites('A1')
  const both = [outbox.slotKey(slotOf('A1')), outbox.slotKey(slotOf('A2'))]
  await expect.poll(() => Object.keys(tablet.box.value.drafts).sort()).toEqual(both)
  vi.restoreAllMocks()
  expect(Object.keys((await disk.load()).drafts).sort()).toEqual(both)
})

it('an expired sign-in is asked for and is no lost network, whichever request finds it', async () => {
  const tablet = await open()
  const { effectScope } = await import('vue')
  const { useCachedPage } = await import('./pages')
  hall.cookie = null
  const scope = effectScope()
  const page = scope.run(() => useCachedPage(() => '/api/contests/con_a/stations', () => 'acc_li'))!
  await expect.poll(() => tablet.needsSignIn.value).toBe(true)
  expect([tablet.reached.value, tablet.session.value?.account, page.body.value]).toEqual([true, 'acc_li', null])
  await tablet.enter(async () => {
    hall.cookie = 'acc_li'
    return (await (await import('@shared/api/session')).currentSession())!
  })
  expect(tablet.needsSignIn.value).toBe(false)
  scope.stop()
})

it('a sign-in in another window does not replace who works here, and what he submits waits for him', async () => {
  const tablet = await open()
  hall.cookie = 'acc_wang'
  const outbox = await import('./outbox/outbox')
  const slot = { account: 'acc_li', contest: 'con_a', run: 'run_1', aspect: 'A1', round: 1 }
  await tablet.change((now) => outbox.submit(outbox.type(now, slot, { value: { kind: 'yes_no', yes: true } }, { mark_id: 'mrk_1', now: 1 }), [outbox.slotKey(slot)], { key: 'k1', now: 1, iso: '' }))
  await tablet.hurry()
  await tablet.hurry()
  expect(tablet.session.value?.account).toBe('acc_li')
  expect(tablet.overtakenBy.value?.account).toBe('acc_wang')
  expect(tablet.needsSignIn.value).toBe(true)
  expect(tablet.unsent.value.count).toBe(1)

  await tablet.enter(async () => {
    hall.cookie = 'acc_li'
    const { currentSession } = await import('@shared/api/session')
    return (await currentSession())!
  })
  await expect.poll(() => tablet.unsent.value.count).toBe(0)
  expect(tablet.needsSignIn.value).toBe(false)
})
