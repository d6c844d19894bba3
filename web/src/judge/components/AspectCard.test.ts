import { createApp, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import { lineOf } from '../marking/line'
import * as outbox from '../outbox/outbox'
import { EMPTY, type Outbox } from '../outbox/outbox'
import type { SheetAspect } from '../wire'
import AspectCard from './AspectCard.vue'

const text = { zh: '抓取', en: 'Grip' }
const where = { account: 'acc_li', contest: 'con_a', run: 'run_1' }
const slot = { ...where, aspect: 'C1', round: 1 }
const aspect = (more: Partial<SheetAspect>): SheetAspect => ({
  code: 'C1', name: text, criterion: { code: 'C', name: text }, type: 'automatic', max: '2.00', abilities: [], how: { kind: 'automatic', rules: [] },
  assigned: true, before: [], round: 1, rounds: [], mine: null, mark: null, state: 'undecided', policy: 'automatic',
  verdicts: [{ id: 'v', rule: 'r', outcome: 'undecided', marks: '0.00', standing: 'waiting', waits: true, at_ms: 0, evidence: { sentence: text } }], ...more,
})
const drafted = outbox.type(EMPTY, slot, { value: { kind: 'marks', marks: '1.50' } }, { mark_id: 'mrk_1', now: 1 })
const refused = outbox.refuse(outbox.submit(drafted, [outbox.slotKey(slot)], { key: 'k', now: 2, iso: '' }), 'k', { code: 'not_on_panel', status: 403, title: { zh: '他人已评', en: '他人已评' } })

let app: App | null = null
const discarded = vi.fn()
function opened(box: Outbox, more: Partial<SheetAspect>) {
  app = createApp(AspectCard, { line: lineOf(box, aspect(more), where, 0), over: true, onDiscard: discarded })
  app.use(createLanguages(zh, {})).mount(document.body.appendChild(document.createElement('div')))
}
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid=${id}]`)
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
  discarded.mockClear()
})

it.each([
  ['another judge has the seat', { assigned: false }],
  ['late samples put the verdict right', { verdicts: aspect({}).verdicts.map((verdict) => ({ ...verdict, standing: 'amended' as const, waits: false })), state: 'marked' as const }],
  ['a person marks it, and not this one', { assigned: false, type: 'measurement' as const, policy: null, how: { kind: 'panel' as const, judges: 2, drop_extremes: false, step: '0.50' }, verdicts: [] }],
])('a refused draft can be thrown away where %s', (_, more) => {
  opened(refused, more)
  expect(document.body.textContent).toContain('他人已评')
  expect(at('left-over')?.textContent).toContain('1.50 / 2.00')
  expect(document.querySelector('input, footer')).toBeNull()
  at('left-over-drop')?.click()
  expect(discarded).toHaveBeenCalledOnce()
})

it('what is his to mark has its own button for that, and what holds nothing has none', () => {
  opened(refused, {})
  expect([at('left-over'), document.querySelector('footer')?.textContent?.includes('清')]).toEqual([null, true])
  app?.unmount()
  opened(EMPTY, { assigned: false })
  expect(at('left-over')).toBeNull()
})

it('tells how a mark was corrected, and that it is marked no more', () => {
  const corrections = [{ marks: '1.50', was: '1.00', because: { kind: 'appeal' as const }, reason: '漏记一步', by: '宋明远', at_ms: 1 }]
  opened(EMPTY, { assigned: false, type: 'measurement', policy: null, how: { kind: 'panel', judges: 2, drop_extremes: false, step: '0.50' }, verdicts: [], mark: '1.50', state: 'marked', corrections })
  expect(at('corrected')?.textContent).toContain('1.00 → 1.50，漏记一步')
  expect(document.body.textContent).toContain('不再评分')
  expect(document.body.textContent).not.toContain('由其他裁判')
})
