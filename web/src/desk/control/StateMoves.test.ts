import { createApp, nextTick, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, expect, it, vi } from 'vitest'
import { hall, HallProblem } from '@shared/api/http'
import { createLanguages } from '@shared/i18n'
import type { Head } from '@shared/live/wire'
import zh from '../locales/zh-CN.json'
import { readReadiness, type Readiness } from './readiness'
import StateMoves from './StateMoves.vue'

vi.mock('element-plus/es/components/dialog/style/css', () => ({}))
vi.mock('element-plus', () => ({ ElDialog: ({ title }: { title: string }, { slots }: { slots: { default?: () => unknown } }) => [title, slots.default?.()] }))
vi.mock('./readiness', async (original) => ({ ...(await original<typeof import('./readiness')>()), readReadiness: vi.fn() }))

let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})
async function ask(state: Head['state'], to: string) {
  app = createApp(StateMoves, { contest: 'con_a', head: { state, name: { zh: '总决赛', en: '总决赛' } } as Head, open: { sheets: 0, verdicts: 0, undecided: 0, alarms: 0 } })
  app.use(createLanguages(zh, {})).use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: {} }, { path: '/:contest/results', name: 'results', component: {} }] })).mount(document.body.appendChild(document.createElement('div')))
  document.querySelector<HTMLButtonElement>(`[data-testid=to-${to}]`)?.click()
  await nextTick()
}
const text = () => document.body.textContent ?? ''
const confirm = () => document.querySelector<HTMLButtonElement>('[data-testid=confirm]')

it('opening asks whether to open, and not before it is known what the contest lacks', async () => {
  let found: (facts: Readiness) => void = () => {}
  vi.mocked(readReadiness).mockReturnValue(new Promise((done) => (found = done)))
  await ask('draft', 'live')
  expect(text()).toContain('让“总决赛”开赛？')
  expect(confirm()?.disabled).toBe(true)
  found({ entries: 77, judges: 2, chiefs: 0, officialsWithoutPassword: ['李国强'], competitorsWithoutPassword: 0, panels: [] })
  await vi.waitFor(() => expect(confirm()?.disabled).toBe(false))
  expect(document.querySelector('[data-testid=lacks-noChief]')?.textContent).toContain('还没有裁判长')
  expect(document.querySelector('[data-testid=lacks-noPasswords]')?.textContent).toContain('1 名裁判或工作人员的账号还没有密码，登录不了：李国强。')
})

it('what could not be found out holds nobody up', async () => {
  vi.mocked(readReadiness).mockRejectedValue(new TypeError('cut'))
  await ask('draft', 'live')
  await vi.waitFor(() => expect(confirm()?.disabled).toBe(false))
  expect(text()).toContain('没能核对')
})

it('a board that thaws keeps its own question, and nothing is looked for', async () => {
  vi.mocked(readReadiness).mockClear()
  await ask('frozen', 'live')
  expect(text()).toContain('让“总决赛”的公众榜实时更新？')
  expect([document.querySelector('[data-testid=opening]'), vi.mocked(readReadiness).mock.calls.length]).toEqual([null, 0])
})

it('who has it marked again is told what becomes of the board and of the recheck', async () => {
  await ask('review', 'live')
  expect(text()).toContain('把“总决赛”退回评分？')
  expect(text()).toContain('已下达的成绩复核作废')
  expect(text()).not.toContain('公众榜立即显示全部成绩')
})

it.each([
  [['signatures[chief_judge]', 'signatures[supervisor]'], /裁判长.*监督员/, false],
  [['runs[run_1]', 'signatures[supervisor]'], /还差：监督员。/, true],
  [['runs[run_1]'], null, true],
] as const)('what is missing is said: %j; nobody answers for a signature', async (paths, said, answerable) => {
  const fields = paths.map((path) => ({ path, detail: { zh: path, en: path } }))
  const post = vi.spyOn(hall, 'post').mockRejectedValue(new HallProblem({ code: 'results_not_ready', status: 409, title: { zh: '不能公布', en: '不能公布' }, fields }))
  await ask('review', 'final')
  confirm()?.click()
  await vi.waitFor(() => expect(text()).toContain('不能公布'))
  const unsigned = document.querySelector('[data-testid=unsigned]')
  expect(said === null ? unsigned : unsigned?.textContent).toEqual(said === null ? null : expect.stringMatching(said))
  if (said) expect(unsigned?.querySelector('a')?.getAttribute('href')).toBe('/con_a/results')
  expect(document.querySelector('[data-testid=even-so]') !== null).toBe(answerable)
  expect(document.querySelector('.listed')?.textContent?.includes('signatures') ?? false).toBe(false)
  post.mockRestore()
})
