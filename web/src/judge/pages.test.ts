import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { everyItem } from '@shared/api/client'
import type { Page, Storage } from './outbox/storage'
import { cachedPages, keptPage, useCachedPage, type CachedPage } from './pages'

interface Asked {
  path: string
  account: string | undefined
  answer: (body: unknown) => Promise<void>
  aborted: () => boolean
}
let asked: Asked[]
let kept: Map<string, Page>
let told: unknown[]
let scope: ReturnType<typeof effectScope>
const settle = () => vi.advanceTimersByTimeAsync(0)
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  asked = []
  told = []
  kept = new Map()
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      asked.push({
        path,
        account: (init.headers as Record<string, string>)['x-account'],
        aborted: () => init.signal?.aborted ?? false,
        answer: async (body) => {
          resolve(body instanceof Response ? body : json(200, body))
          await settle()
        },
      })
    }),
  )
  cachedPages.use({ page: async (key: string) => kept.get(key) ?? null, keepPage: async (key: string, page: Page) => void kept.set(key, page) } as Partial<Storage> as Storage)
  cachedPages.listen((fault) => told.push(fault === null ? 'answer' : (fault as Error).name))
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
async function opened(everyMs = 5_000): Promise<CachedPage<unknown>> {
  const page = scope.run(() => useCachedPage<unknown>(() => '/api/sheet', () => 'acc_li', everyMs))!
  await settle()
  return page
}

it('waits for an answer that takes longer than a period', async () => {
  const page = await opened()
  await asked[0]!.answer('first')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(7_000)
  expect(asked, 'no new one while one is under way').toHaveLength(2)
  expect(asked[1]!.aborted()).toBe(false)
  await asked[1]!.answer('slow')
  expect(page.body.value).toBe('slow')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked).toHaveLength(3)
})

it('says that what it shows is old while the network hangs, and that it is not when the answer comes', async () => {
  const page = await opened()
  await asked[0]!.answer('first')
  expect(page.stale.value).toBe(false)
  await vi.advanceTimersByTimeAsync(12_000)
  expect(page.stale.value, 'two periods and a little').toBe(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(page.stale.value).toBe(true)
  await asked[1]!.answer('second')
  expect(page.stale.value).toBe(false)
})

it("what the tablet remembers is old until the hall has answered, and an answer is the owner's only", async () => {
  kept.set('acc_li|/api/sheet', { body: 'remembered', at: 999_000 })
  const page = await opened()
  expect([page.body.value, page.stale.value]).toEqual(['remembered', true])
  await asked[0]!.answer(json(409, { code: 'other_account', status: 409, title: { zh: '', en: '' } }))
  expect([page.body.value, page.stale.value, asked[0]!.account]).toEqual(['remembered', true, 'acc_li'])
  expect(kept.get('acc_li|/api/sheet')?.body).toBe('remembered')
})

it('a list is read to its last page', async () => {
  const page = scope.run(() => useCachedPage<number[]>(() => '/api/runs?state=closed', () => 'acc_li', 0, everyItem))!
  await settle()
  await asked[0]!.answer({ items: Array.from({ length: 200 }, (_, at) => at), next: 'c/200' })
  expect(page.body.value).toBeNull()
  await asked[1]!.answer({ items: [200], next: null })
  expect(asked.map(({ path, account }) => [path, account])).toEqual([['/api/runs?state=closed&limit=200', 'acc_li'], ['/api/runs?state=closed&limit=200&cursor=c%2F200', 'acc_li']])
  expect(page.body.value).toHaveLength(201)
})

it('tells what came of it: an answer, a refusal, silence', async () => {
  await opened()
  await asked[0]!.answer('first')
  await vi.advanceTimersByTimeAsync(5_000)
  await asked[1]!.answer(json(503, { code: 'overloaded', status: 503, title: { zh: '', en: '' } }))
  await vi.advanceTimersByTimeAsync(5_000 + 15_000)
  expect(told).toEqual(['answer', 'HallProblem', 'HallUnreachable'])
})

it('a page for words only is not waited for longer than ten seconds, and then is none', async () => {
  let found: unknown = 'waits'
  void keptPage('/api/contests/con_a/runs/run_1/sheet', 'acc_li').then((page) => (found = page))
  await vi.advanceTimersByTimeAsync(9_999)
  expect([found, asked[0]?.account]).toEqual(['waits', 'acc_li'])
  await vi.advanceTimersByTimeAsync(1)
  expect(found).toBeNull()
})
