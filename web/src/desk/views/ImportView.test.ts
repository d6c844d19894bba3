import { createApp, nextTick, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { createLanguages } from '@shared/i18n'
import ImportView from './ImportView.vue'

vi.mock('element-plus/es/components/dialog/style/css', () => ({}))
vi.mock('element-plus', () => ({ ElDialog: () => null }))
let app: App | null = null
let page: HTMLElement | null = null
afterEach(() => {
  app?.unmount()
  page?.remove()
  vi.unstubAllGlobals()
})

/** The page, and a file that was chosen there. */
async function withAFile(): Promise<HTMLElement> {
  app = createApp(ImportView, { contest: 'con_a', shown: { name: { zh: '', en: '' } } })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: ImportView }] })
  await router.push('/')
  page = document.body.appendChild(document.createElement('div'))
  app.use(createLanguages({}, {})).use(router).mount(page)
  const input = page.querySelector<HTMLInputElement>('[data-testid=file]')!
  Object.defineProperty(input, 'files', { value: [new File(['x'], 'a.xlsx')] })
  input.dispatchEvent(new Event('change'))
  return page
}

it('an answer that comes late is not shown under the other kind', async () => {
  let answer: (response: Response) => void = () => {}
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)))
  await withAFile()
  const kinds = document.querySelectorAll<HTMLInputElement>('input[name=what]')
  kinds[1]!.checked = true
  kinds[1]!.dispatchEvent(new Event('change'))
  await nextTick()
  answer(new Response(JSON.stringify({ rows: 1, valid: 1, committed: false, problems: [], preview: [] }), { headers: { 'content-type': 'application/json' } }))
  await new Promise((done) => setTimeout(done))
  expect(document.querySelector('[data-testid=import-result]')).toBeNull()
})

const checked = { rows: 3, valid: 2, committed: false, annotated: null, passed_over: [{ column: 'D', heading: '备注' }], problems: [{ row: 3, column: 'name', detail: { zh: '缺少姓名', en: 'a name is missing' } }], preview: [] }
it.each([
  ['a row has a fault: no number, and why', checked, true, 'desk.commitNone', 'desk.importAdvice'],
  ['no row: no number, and why', { ...checked, rows: 0, valid: 0, problems: [] }, true, 'desk.commitNone', 'desk.importEmpty'],
  ['all is well', { ...checked, valid: 3, problems: [] }, false, 'desk.commit', undefined],
])('the button to take over, when %s', async (_, answer, disabled, says, why) => {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } }))
  const page = await withAFile()
  await vi.waitFor(() => expect(page.querySelector('[data-testid=commit]')).not.toBeNull())
  const button = page.querySelector<HTMLButtonElement>('[data-testid=commit]')!
  expect([button.disabled, button.textContent?.trim()]).toEqual([disabled, says])
  expect(page.querySelector(`#${button.getAttribute('aria-describedby')}`)?.textContent ?? undefined).toBe(why)
})

it('a column that is missing is named', async () => {
  const problem = { code: 'invalid', title: { zh: '不符', en: 'not acceptable' }, detail: { zh: '标题行', en: 'the headings' }, advice: { zh: '改', en: 'mend' }, fields: [{ path: 'columns.group', detail: { zh: '缺少“组别”这一列', en: 'the column "Group" is missing' } }] }
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(problem), { status: 422, headers: { 'content-type': 'application/problem+json' } }))
  const page = await withAFile()
  await vi.waitFor(() => expect(page.querySelector('[role=alert] li')?.textContent).toMatch(/组别|Group/))
})
