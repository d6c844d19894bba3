import { expect, it } from 'vitest'
import { envelope, lanesOf, plotHeight, plotOption, stripTop, zoomTo } from './plot'
import type { Verdict } from '../wire'

it('keeps both ends of every stretch', () => {
  expect(envelope([[1, 2, 2], [2, 1, 9]])).toEqual([[1, 2], [2, 1], [2, 9]])
})

it('gives each signal a strip, pins each verdict, and shades the window of the chosen one', () => {
  const verdict = { id: 'v1', at_ms: 5, outcome: 'missed', evidence: { from: 2e6, to: 4e6, samples: [], sentence: { zh: '', en: '' } } } as unknown as Verdict
  const paint = new Proxy({}, { get: () => '#000' }) as never
  const words = { time: String, verdict: () => '', verdicts: '' }
  const option = plotOption([{ name: 'force', kind: 'real', unit: 'N', points: [[0, 1, 2]] }], [verdict], 'v1', ['force'], [0, 10], paint, words) as { grid: unknown[]; series: { markArea?: { data: unknown } }[] }
  expect(option.grid).toHaveLength(2)
  expect(option.series[1]?.markArea?.data).toEqual([[{ xAxis: 2 }, { xAxis: 4 }]])
  expect(plotHeight(3, [0])).toBeGreaterThan(plotHeight(2, [0]))
})

const fell = (...times: number[]) => times.map((at_ms, at) => ({ id: `v${at}`, at_ms, outcome: 'met', evidence: { from: 0, to: 0, samples: [], sentence: { zh: '', en: '' } } }) as unknown as Verdict)

it.each([
  ['apart, one lane', [0, 500, 1000], [0, 0, 0]],
  ['at one instant, each its own', [500, 500, 500], [0, 1, 2]],
  ['nearly at one instant', [500, 505, 520], [0, 1, 0]],
  ['in any order', [900, 100, 900], [0, 0, 1]],
  ['none', [], []],
])('pins %s', (_, times, lanes) => {
  expect(lanesOf(fell(...times), [0, 1000])).toEqual(lanes)
})
it('a run that took no time still shows each pin', () => expect(lanesOf(fell(7, 7), [7, 7])).toEqual([0, 1]))

it('the pins of one instant are points of their own, and make room for themselves', () => {
  const paint = new Proxy({}, { get: () => '#000' }) as never
  const option = plotOption([], fell(5, 5), null, [], [0, 10], paint, { time: String, verdict: () => '', verdicts: '' }) as { series: { data: { value: number[] }[] }[] }
  expect(option.series[0]?.data.map((pin) => pin.value)).toEqual([[5, 0.5], [5, 1.5]])
  expect(stripTop(0, [0, 1])).toBeGreaterThan(stripTop(0, [0]))
})

it.each([
  [50, [0, 100], null], [50, [60, 80], [40, 60]], [1, [60, 80], [0, 20]], [99, [60, 80], [80, 100]],
])('shows the instant %d from %j', (at, from, shown) => {
  expect(zoomTo(at, from as [number, number], [0, 100])).toEqual(shown)
})
