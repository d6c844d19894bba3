import { createApp, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { createLanguages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import CauseItem from './CauseItem.vue'
import { causesOf, type Waiting } from './causes'
import { whoseIs } from './panel'

vi.mock('element-plus', () => ({ ElMessage: vi.fn() }))
vi.mock('element-plus/es/components/message/style/css', () => ({}))

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})
const waiting = (aspect: string, by_hand: Waiting['by_hand']): Waiting => ({ id: `vrd_${aspect}`, run: 'run_1', no: '101', aspect, rule: 'lost-grip', at: 1, marks: 0, outcome: 'undecided', unknown: [], by_hand, sentence: { zh: '', en: '' } })
function opened(account: string, ...verdicts: Waiting[]) {
  const cause = causesOf(verdicts)[0]!
  app = createApp(CauseItem, { contest: 'con_a', cause, whose: whoseIs(cause, account), decides: true })
  app.use(createLanguages(zh, {})).mount(document.body.appendChild(document.createElement('div')))
}
const at = (id: string) => document.querySelector(`[data-testid="${id}-run_1/lost-grip"]`)
const says = () => [...document.querySelectorAll('[data-testid="whose-run_1/lost-grip"]')].map((each) => each.textContent)

it('names who may mark by hand, and lets others copy the names', () => {
  opened('acc_chief', waiting('A1', [['acc_li', '李'], ['acc_wang', '王']]))
  expect(says()).toEqual([expect.stringMatching(/^可手工评的裁判：李.+王$/)])
  expect([at('names') !== null, at('sheet')]).toEqual([true, null])
  expect(document.body.textContent).toContain('后即了结')
})

it('leads one of them to his sheet', () => {
  opened('acc_li', waiting('A1', [['acc_li', '李']]))
  expect([at('names'), at('sheet')?.getAttribute('href')]).toEqual([null, '/judge/contests/con_a/runs/run_1'])
})

it('says where nobody on the panel may, for each aspect', () => {
  opened('acc_chief', waiting('A1', []))
  expect(says()).toEqual(['裁判组里没有人可以手工评 A1：请裁判长增派裁判。'])
  expect([at('names'), document.body.textContent?.includes('后即了结')]).toEqual([null, false])
  app?.unmount()
  opened('acc_chief', waiting('A1', [['acc_li', '李']]), waiting('A2', []))
  expect(says()).toEqual(['A1 可手工评的裁判：李', '裁判组里没有人可以手工评 A2：请裁判长增派裁判。'])
})
