import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useTry } from './useTry'

const answer = (hash: string) => new Response(JSON.stringify({ hash, rules: [], policies: [], runs: [], entries: [] }), { headers: { 'content-type': 'application/json' } })
let asked: { scheme: string; signal: AbortSignal; done: (response: Response) => void }[]
beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) =>
    new Promise<Response>((done, refuse) => {
      const signal = init.signal as AbortSignal
      signal.addEventListener('abort', () => refuse(signal.reason as Error))
      asked.push({ scheme: (JSON.parse(init.body as string) as { scheme: string }).scheme, signal, done })
    }))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})
const inScope = () => {
  const scope = effectScope()
  return { scope, trial: scope.run(() => useTry(() => 'con_1')) as ReturnType<typeof useTry> }
}
const settled = () => vi.advanceTimersByTimeAsync(0)

it('tries by itself after a pause, once, with the newest text', async () => {
  const { trial } = inScope()
  trial.soon('a')
  await vi.advanceTimersByTimeAsync(400)
  trial.soon('ab')
  await vi.advanceTimersByTimeAsync(400)
  expect(asked).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(400)
  expect(asked.map((each) => each.scheme)).toEqual(['ab'])
})

it('a newer wish ends the one before, whose answer is not taken', async () => {
  const { trial } = inScope()
  void trial.go('old')
  void trial.go('new')
  await settled()
  expect(asked.map((each) => [each.scheme, each.signal.aborted])).toEqual([['old', true], ['new', false]])
  expect(trial.busy.value).toBe(true)
  asked[0]?.done(answer('h-old'))
  asked[1]?.done(answer('h-new'))
  await settled()
  expect([trial.tried.value?.hash, trial.of.value, trial.busy.value, trial.error.value]).toEqual(['h-new', 'new', false, null])
})

it('what was there stays when a later one is refused, and says which text it belongs to', async () => {
  const { trial } = inScope()
  void trial.go('good')
  await settled()
  asked[0]?.done(answer('h'))
  await settled()
  void trial.go('bad')
  await settled()
  asked[1]?.done(new Response(JSON.stringify({ code: 'rules_only', status: 422 }), { status: 422, headers: { 'content-type': 'application/problem+json' } }))
  await settled()
  expect(trial.error.value).toMatchObject({ status: 422 })
  expect([trial.tried.value?.hash, trial.of.value, trial.busy.value]).toEqual(['h', 'good', false])
  trial.soon('better')
  expect(trial.error.value, 'an old fault goes with its text').toBeNull()
})

it('ends with the page', async () => {
  const { scope, trial } = inScope()
  void trial.go('x')
  await settled()
  scope.stop()
  expect([asked[0]?.signal.aborted, trial.busy.value]).toEqual([true, false])
})
