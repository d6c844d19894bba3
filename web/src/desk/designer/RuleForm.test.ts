import { computed, createApp, defineComponent, h, nextTick, ref, type App } from 'vue'
import { afterEach, expect, it } from 'vitest'
import { createLanguages } from '@shared/i18n'
import type { SchemeFault } from '../making/draft'
import zh from '../locales/zh-CN.json'
import { parse, pathText, type Path } from './document'
import { provideForm } from './form'
import RuleForm from './RuleForm.vue'

const SCHEME = (fields: string) => `modules:
  - code: A
    criteria: [{code: A1, aspects: [{code: A1.1, name: {zh: 夹持, en: Grip}, type: automatic, max: 3}]}]
signals:
  grip: {type: bool}
  force: {type: real, unit: N}
rules:
  - id: grip   # said to all
    aspect: A1.1
    says: {zh: 夹紧, en: Gripped}
    ${fields}
    award: 1
`
let app: App | null = null
afterEach(() => {
  app?.unmount()
  document.body.innerHTML = ''
})
const text = ref('')
const went = ref<Path[]>([])
function opened(fields: string, faults: { path: string; zh: string }[] = [], readonly = false) {
  text.value = SCHEME(fields)
  went.value = []
  const told = faults.map(({ path, zh: detail }): SchemeFault => ({ path, severity: 'error', line: 1, column: 1, detail: { zh: detail, en: detail }, advice: { zh: '', en: '' }, suggestion: null }))
  const go = (path: Path) => went.value.push(path)
  const Host = defineComponent({
    setup() {
      provideForm({ text: computed(() => text.value), doc: computed(() => parse(text.value)), faults: computed(() => told), readonly: computed(() => readonly), put: (next) => readonly || (text.value = next), begin: (added) => (text.value = added.text), go, read: go })
      return () => h(RuleForm, { path: ['rules', 0] })
    },
  })
  app = createApp(Host)
  app.use(createLanguages(zh, {})).mount(document.body.appendChild(document.createElement('form')))
}
const field = (name: string) => document.querySelector<HTMLInputElement>(`[name="${name}"]`)
const at = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)
async function write(name: string, word: string, event = 'change') {
  const input = field(name) as HTMLInputElement
  input.value = word
  input.dispatchEvent(new Event('input'))
  input.dispatchEvent(new Event(event))
  await nextTick()
}
const line = (begins: string) => text.value.split('\n').find((each) => each.trim().startsWith(begins))?.trim()

it('a plain rule is given witnesses, and goes back to one', async () => {
  opened('on: {rises: grip}')
  at('on-several')?.click()
  await nextTick()
  at('on-add-witness')?.click()
  await nextTick()
  await write('on-witness-2', 'force > 5N')
  await write('on-witness-3', 'max(force, 1) > 2N')
  expect(line('on:')).toBe('on: {agree: {witnesses: [grip, force > 5N, "max(force, 1) > 2N"]}}')
  expect(at('on-means')?.textContent).toContain('3 个见证中，已连接的过半数（全部连接时 2 个，至少 2 个）在 1s 内')
  await write('on-at-least', '3')
  await write('on-within', '200ms')
  expect(line('on:')).toContain(', at_least: 3, within: 200ms}}')
  expect(at('on-means')?.textContent).toContain('3 个见证中，至少 3 个在 200ms 内')
  at('on-one-witness')?.click()
  await nextTick()
  expect([line('on:'), line('- id:')]).toEqual(['on: {rises: grip}', '- id: grip # said to all'])
})
it('a fault stands at its field, also that of a witness in a short list', () => {
  opened('on: {agree: [grip, forse > 5N]}', [{ path: 'rules[0].on.agree.witnesses[1]', zh: '没有声明信号' }, { path: 'rules[0].award', zh: '分值过大' }])
  expect([field('on-witness-1'), field('on-witness-2'), field('worth-marks')].map((each) => each?.getAttribute('aria-invalid'))).toEqual(['false', 'true', 'true'])
  expect(document.querySelector('#main, form')?.textContent).toContain('没有声明信号')
})
it('what no field shows is named and stays in the text', async () => {
  opened('on: {raises: grip}', [{ path: 'rules[0].on.raises', zh: '没有这个字段' }])
  expect(at('beyond-form')?.textContent).toMatch(/保持原样.*rules\[0\]\.on\.raises 没有这个字段/)
  at('beyond-form')?.querySelector('button')?.click()
  expect(went.value.map(pathText)).toEqual(['rules[0].on.raises'])
  await write('worth-marks', '2')
  expect([line('on:'), line('award:')]).toEqual(['on: {raises: grip}', 'award: 2'])
})
it('a rule that looks for two things is edited as text until one is chosen', async () => {
  opened('on: {rises: grip}\n    while: force > 2N')
  expect(at('beyond-form')?.textContent).toContain('写了不止一个')
  expect(field('rule-pattern')?.value).toBe('')
  const select = field('rule-pattern') as unknown as HTMLSelectElement
  select.value = 'count'
  select.dispatchEvent(new Event('change'))
  await nextTick()
  expect([line('count:'), line('while:'), at('beyond-form')]).toEqual(['count: {rises: grip}', undefined, null])
})
it('an id is taken when it is whole', async () => {
  opened('on: {rises: grip}')
  await write('rule-id', 'hold', 'keyup')
  expect(line('- id:')).toBe('- id: grip   # said to all')
  await write('rule-id', 'hold-it')
  expect(line('- id:')).toBe('- id: hold-it # said to all')
})
it('words are offered and taken by keys', async () => {
  opened('on: {rises: ""}')
  const input = field('on-condition') as HTMLInputElement
  input.value = 'gr'
  input.setSelectionRange(2, 2)
  input.dispatchEvent(new Event('input'))
  await nextTick()
  expect([input.getAttribute('aria-expanded'), document.getElementById(input.getAttribute('aria-activedescendant') ?? '')?.textContent]).toEqual(['true', 'gripbool'])
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  await nextTick()
  expect([input.value, input.getAttribute('aria-expanded')]).toEqual(['grip', 'false'])
  input.dispatchEvent(new Event('change'))
  expect(line('on:')).toBe('on: {rises: grip}')
})
it('who may only read changes nothing', async () => {
  opened('on: {rises: grip}', [], true)
  expect([field('on-condition')?.readOnly, field('rule-pattern')?.disabled, (at('on-several') as HTMLButtonElement | null)?.disabled]).toEqual([true, true, true])
  await write('worth-marks', '2')
  expect(line('award:')).toBe('award: 1')
})
