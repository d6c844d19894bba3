import { expect, it } from 'vitest'
import { flatten, type Messages } from '@shared/i18n'
import type { AspectHead, AspectRow, TickerRow } from '@shared/live/wire'
import { begunIn, withoutMark } from './begun'
import { SAID_AT_END, wordFor } from './finale'
import en from './locales/en.json'
import zh from './locales/zh-CN.json'
import { iconOf, isWorthless, shownAs } from './ticker'

const WORDS = flatten(zh as Messages)
const ENGLISH = flatten(en as Messages)

it('a contest that is over has words of the end, any other those of the time', () => {
  expect(SAID_AT_END.map((key) => wordFor(key, 'final')).filter((key) => !key.startsWith('end.') || !WORDS.has(key))).toEqual([])
  expect(SAID_AT_END.filter((key) => wordFor(key, 'review') !== key)).toEqual([])
  expect([wordFor('competitor.modules', 'final'), wordFor('ticker.title', undefined)]).toEqual(['competitor.modules', 'ticker.title'])
  // Nothing is awaited any more, and nobody still leads.
  for (const key of SAID_AT_END) expect(WORDS.get(wordFor(key, 'final')), key).not.toMatch(/目前|还没有|待|正在|进行中|追平/)
})

const row = (kind: TickerRow[6], mark: number | null): TickerRow => [1, 0, 'ent', 'A1', mark, 300, kind, { zh: '', en: '' }]
it.each([
  ['a confirmation', row('decision', 100), 'decision', 'done'],
  ['a rejection, or a verdict taken back', row('decision', null), 'withdrawn', 'close'],
  ['a decision worth nothing is one', row('decision', 0), 'decision', 'done'],
  ['a verdict', row('verdict', -100), 'verdict', 'robot'],
  ['what late samples withdrew, which is nobody’s rejection', row('amended', null), 'amended', 'again'],
  ['a request has no mark either', row('request', null), 'request', 'hand'],
] as const)('the ticker shows %s', (_, line, shown, icon) => {
  expect([shownAs(line), iconOf(shownAs(line))]).toEqual([shown, icon])
  expect([WORDS, ENGLISH].every((words) => words.has(`ticker.${shown}`))).toBe(true)
})

it('the ticker says of which verdicts nothing is left', () => {
  const kinds = ['mark', 'verdict', 'correction', 'decision', 'withdrawn', 'amended', 'request'] as const
  expect(kinds.filter(isWorthless)).toEqual(['withdrawn', 'amended'])
})

const aspect = (code: string, module: string, ...abilities: string[]): AspectHead => ({ code, name: { zh: '', en: '' }, module, max: 100, type: 'measurement', abilities })
it('a module in which nothing was marked is not done', () => {
  const list = [aspect('A1', 'A', 'fit'), aspect('B1', 'B', 'wire'), aspect('B2', 'B', 'fit')]
  const given: [string, AspectRow][] = [['A1', [0, 'marked', null]], ['B1', [null, 'waiting', null]], ['B2', [null, 'undecided', null]]]
  const begun = begunIn(given, list)
  expect([[...begun!.modules], [...begun!.abilities]]).toEqual([['A'], ['fit']])
  expect(begunIn(given, undefined)).toBeNull()
  expect(withoutMark([0, 500, 1], false)).toEqual([null, 500, 1])
  expect(withoutMark([0, 500, 1], true)).toEqual([0, 500, 1])
})
