import { createApp, nextTick, type App } from 'vue'
import { afterEach, expect, it } from 'vitest'
import { createLanguages } from '@shared/i18n'
import zh from '../locales/zh-CN.json'
import ChangesPanel from './ChangesPanel.vue'
import type { RulesTried, RunTried } from './wire'

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})
const run = (no: string, after: string, version = 2): RunTried => ({ run: `run_${no}`, entry_no: no, station: 'S1', module: 'A', state: 'closed', before: '1.00', after, verdicts: [], version })
function opened(...runs: RunTried[]) {
  const entries = runs.filter((each) => each.after !== each.before).map(({ entry_no, before, after }) => ({ entry_no, before, after, rank_before: 1, rank_after: 1 }))
  const tried: RulesTried = { hash: 'h', rules: [], policies: [], runs, entries }
  app = createApp(ChangesPanel, { tried, name: '', run: null, inForce: 2 })
  app.use(createLanguages(zh, {})).mount(document.body.appendChild(document.createElement('div')))
}
const at = <Found extends HTMLElement>(id: string) => document.querySelector<Found>(`[data-testid="${id}"]`)
const listed = () => [...document.querySelectorAll<HTMLElement>('[data-testid^="try-run_"]')].map((each) => each.dataset['testid']?.slice('try-run_'.length))
const says = () => document.body.textContent ?? ''
async function choose(value: string) {
  const by = at<HTMLSelectElement>('judged-by')!
  by.value = value
  by.dispatchEvent(new Event('change'))
  await nextTick()
}

it('says how many of the touched runs were judged by earlier rules, and shows the others alone', async () => {
  opened(run('A1', '2.00', 1), run('A2', '3.00', 2), run('A3', '1.50', 1), run('A4', '1.00', 1), run('A5', '1.00', 2))
  expect(at('older-versions')?.textContent).toBe('其中 2 个场次按更早的版本评判，差异也包含版本之间的改动。按现行规则（第 2 版）评判的场次中，1 个受影响，0 个判定变动。')
  expect([listed(), at('judged-by')?.textContent]).toEqual([['A2', 'A1', 'A3'], '全部场次按现行规则评判的场次（第 2 版）'])
  expect(says()).toContain('与现在的成绩比较')
  await choose('inForce')
  expect(listed()).toEqual(['A2'])
  at('every-run')?.click()
  await nextTick()
  expect(listed()).toEqual(['A2', 'A5'])
})

it('says why none is listed, where all that are touched are older', async () => {
  opened(run('A1', '2.00', 1), run('A2', '1.00', 1))
  await choose('inForce')
  expect(says()).toContain('按现行规则评判的场次都不受影响')
  at('every-run')?.click()
  await nextTick()
  expect(says()).toContain('还没有按现行规则评判的场次')
})

it('has nothing to tell apart where all were judged by the rules in force', () => {
  opened(run('A1', '2.00'), run('A2', '1.00'))
  expect([at('older-versions'), at('judged-by')]).toEqual([null, null])
})
