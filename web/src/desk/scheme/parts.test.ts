import { expect, it } from 'vitest'
import { byPart } from './parts'

const part = (code: string) => ({ code, name: { zh: code, en: code }, max: '1.00' })
const grouped = (codes: string[]) => byPart(codes, (code) => (code.includes('/') ? part(code.split('/')[0] as string) : null)).map((each) => [each.part?.code ?? '', each.items.join(' ')])

it('each part stands once, where its first item comes', () => {
  expect(grouped(['a/1', 'b/2', 'a/3'])).toEqual([['a', 'a/1 a/3'], ['b', 'b/2']])
})
it('what stands in no part keeps its place', () => {
  expect(grouped(['1', '2', 'a/3', '4', 'b/5', '6', '7'])).toEqual([['', '1 2'], ['a', 'a/3'], ['', '4'], ['b', 'b/5'], ['', '6 7']])
  expect(grouped([])).toEqual([])
})
