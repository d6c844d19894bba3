import { expect, it } from 'vitest'
import { formatElapsed, formatMark, parseMark } from './marks'

it.each([[0, '0.00'], [5, '0.05'], [275, '2.75'], [120000, '1200.00'], [-50, '−0.50'], [null, '–'], [undefined, '–']])('shows %s as %s', (mark, text) => {
  expect(formatMark(mark)).toBe(text)
})

it.each([['2.75', 275], ['2', 200], ['2.5', 250], ['-0.50', -50], ['−1', -100], ['0', 0], ['', null], ['2.755', null], ['x', null], ['1e3', null]])('reads %s as %s', (text, mark) => {
  expect(parseMark(text)).toBe(mark)
})

it.each([[0, '00:00'], [83_250, '01:23'], [3_600_000, '1:00:00'], [-5, '00:00']])('shows %s ms as %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text)
})
