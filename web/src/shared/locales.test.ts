import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fill, flatten, preferredLanguage, type Messages } from './i18n'

const source = join(import.meta.dirname, '..')
const entries = readdirSync(source, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name)
const read = (entry: string, language: string) => flatten(JSON.parse(readFileSync(join(source, entry, 'locales', `${language}.json`), 'utf8')) as Messages)
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
const counted = (text: string) => [...text.matchAll(/\{(\w+)\|[^{}|]*\|[^{}|]*\}/g)].map((m) => m[1])

describe.each(entries)('the words of %s', (entry) => {
  const zh = read(entry, 'zh-CN')
  const en = read(entry, 'en')
  it('have the same keys in both languages', () => {
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort())
  })
  it('have the same places to fill, and none is empty', () => {
    for (const [key, text] of zh) {
      expect(text.trim(), key).not.toBe('')
      expect(en.get(key)?.trim(), key).not.toBe('')
      expect(places(en.get(key) ?? ''), key).toEqual(places(text))
      // What isn't filled would be seen as it stands.
      for (const each of [text, en.get(key) ?? '']) expect(each.replace(/\{\w+(\|[^{}|]*\|[^{}|]*)?\}/g, ''), key).not.toMatch(/[{}]/)
    }
  })
  it('follow a number in English only, and one that the message is given', () => {
    for (const [key, text] of zh) {
      expect(counted(text), key).toEqual([])
      for (const name of counted(en.get(key) ?? '')) expect(places(text), key).toContain(name)
    }
  })
  it('are each in their own language', () => {
    for (const [key, text] of en) if (!/(Guildhall|中文|匠家)/.test(text)) expect(text, key).not.toMatch(/\p{Script=Han}/u)
  })
})

it('screens join words as the language does, not by a Chinese comma in the code', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(vue|ts)$/.test(file) && !/\.test\.ts$|schema\.d\.ts$/.test(file))
  for (const file of files) expect(readFileSync(join(source, file), 'utf8'), file).not.toMatch(/join\(['"`][、；，]|[、；]\$\{/)
})

it('fills places by name and leaves unknown ones to be seen', () => {
  expect(fill('{a} of {b}', { a: 1, b: 0 })).toBe('1 of 0')
  expect(fill('{a}', {})).toBe('{a}')
  expect(fill('{n|row|rows}', {})).toBe('{n|row|rows}')
})

it.each([
  [1, '1 row is out'], ['1', '1 row is out'], [0, '0 rows are out'], [2, '2 rows are out'], ['1,001', '1,001 rows are out'], [null, 'null rows are out'],
])('words follow the number %j', (n, said) => {
  expect(fill('{n} {n|row is|rows are} out', { n })).toBe(said)
})
it('a form may be empty, and each number has its own words', () => {
  expect(fill('{a} problem{a||s} in {b} {b|row|rows}', { a: 1, b: 2 })).toBe('1 problem in 2 rows')
})

it.each([
  ['?lang=en', 'zh-CN', ['zh-CN'], 'en'],
  ['', 'en', ['zh-CN'], 'en'],
  ['', null, ['zh-TW', 'en'], 'zh-CN'],
  ['', null, ['fr', 'en'], 'en'],
  ['', null, [], 'zh-CN'],
  ['?lang=xx', null, ['zh'], 'zh-CN'],
])('asked %s, kept %s, browser %s: %s', (search, kept, browser, language) => {
  expect(preferredLanguage(search, kept, browser)).toBe(language)
})
