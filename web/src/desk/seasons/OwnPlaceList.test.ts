import { createApp, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import OwnPlaceList from './OwnPlaceList.vue'

vi.mock('element-plus/es/components/dialog/style/css', () => ({}))
vi.mock('element-plus', () => ({ ElDialog: (_: unknown, { slots }: { slots: { default?: () => unknown } }) => slots.default?.() }))

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

const text = (zh: string) => ({ zh, en: zh })
const place = { id: 'adv_1', contest: 'con_a', contest_name: text('初赛'), target: 'con_b', target_name: text('复赛'), target_starts_at: '2026-11-22T08:00:00.000Z', state: 'offered', why: text('第一名'), at: '2026-11-22T08:00:00.000Z', note: null, may_accept: true, may_decline: true }

/** The hall: it has one place, and keeps what is answered. */
function aHall(items: unknown[]) {
  const sent: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (asked: Request | string | URL, init?: RequestInit) => {
    const request = new Request(new URL(asked instanceof Request ? asked.url : String(asked), 'http://hall.test'), asked instanceof Request ? asked : init)
    if (request.method === 'POST') sent.push({ path: new URL(request.url).pathname, body: await request.json() })
    return new Response(JSON.stringify({ items, next: null }), { headers: { 'content-type': 'application/json' } })
  })
  app = createApp(OwnPlaceList)
  app.use(createLanguages({}, {})).mount(document.body.appendChild(document.createElement('div')))
  return sent
}
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)

it('a place is taken with one press', async () => {
  const sent = aHall([place])
  await vi.waitFor(() => expect(at('take-con_b')).not.toBeNull())
  at('take-con_b')!.click()
  await vi.waitFor(() => expect(sent).toEqual([{ path: '/api/season-places/adv_1/answer', body: { answer: 'accepted', reason: null } }]))
})

it('who declines says why', async () => {
  const sent = aHall([{ ...place, state: 'accepted', may_accept: false }])
  await vi.waitFor(() => expect(at('leave-con_b')).not.toBeNull())
  expect(at('take-con_b')).toBeNull()
  at('leave-con_b')!.click()
  await vi.waitFor(() => expect(at('reason')).not.toBeNull())
  const form = document.querySelector('form')!
  form.dispatchEvent(new Event('submit', { cancelable: true }))
  await new Promise((done) => setTimeout(done))
  expect(sent).toEqual([])
  const words = at('reason') as HTMLTextAreaElement
  words.value = '出国'
  words.dispatchEvent(new Event('input'))
  form.dispatchEvent(new Event('submit', { cancelable: true }))
  await vi.waitFor(() => expect(sent).toEqual([{ path: '/api/season-places/adv_1/answer', body: { answer: 'declined', reason: '出国' } }]))
})

it('without a place there is nothing to see, and of one that is settled nothing to press', async () => {
  aHall([])
  await new Promise((done) => setTimeout(done))
  expect(at('own-places')).toBeNull()
  app?.unmount()
  aHall([{ ...place, state: 'replaced', may_accept: false, may_decline: false, note: '出国' }])
  await vi.waitFor(() => expect(at('own-place-con_b')?.dataset.state).toBe('replaced'))
  expect(document.querySelectorAll('button')).toHaveLength(0)
})
