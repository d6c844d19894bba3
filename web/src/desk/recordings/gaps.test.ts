import { expect, it } from 'vitest'
import type { Series } from '../wire'
import { drawStrip } from './draw'
import { lineOf, longestSilence, shownAt, silencesIn } from './gaps'
import type { Point } from './strips'

type Kind = Series['kind']
/** Every `step` from `from` up to `to`, each with a value of its own. */
const each = (from: number, to: number, step: number, value = (at: number) => at % 7): Point[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, n) => [from + n * step, value(n), value(n)])
const level = () => 1
const torn = (points: Point[], kind: Kind = 'real', stale: number | null = null) => [...lineOf({ kind, points }, null, stale).torn].map((at) => points[at]?.[0])

it.each<[string, Point[], Kind, number | null, (number | undefined)[]]>([
  ['samples that come evenly', each(0, 2000, 100), 'real', null, []],
  ['one sample missing, or two', [...each(0, 1000, 100), ...each(1300, 2000, 100)], 'real', null, []],
  ['a cut of three seconds', [...each(0, 1000, 100), ...each(4000, 5000, 100)], 'real', null, [4000]],
  ['two cuts', [...each(0, 1000, 100), ...each(4000, 5000, 100), ...each(9000, 9900, 100)], 'real', null, [4000, 9000]],
  ['a signal that speaks when it changes has no usual step', [[0, 1, 1], [10, 2, 2], [900, 1, 1], [950, 2, 2], [4000, 1, 1], [4010, 2, 2], [9000, 1, 1], [9010, 2, 2], [20_000, 1, 1]], 'real', null, []],
  ['a counter that counts evenly and then rests is no gap', [...each(0, 10_000, 1000, (n) => n), [60_000, 11, 11]], 'integer', null, []],
  ['a switch that is told with every sample is broken by a cut', [...each(0, 1000, 100, level), ...each(4000, 5000, 100, level)], 'bool', null, [4000]],
  ['what the rules call unknown is broken, whatever the habit', [[0, 0, 0], [5000, 1, 1]], 'bool', 2000, [5000]],
  ['within that time it is not', [[0, 0, 0], [1900, 1, 1]], 'bool', 2000, []],
])('the line of %s', (_, points, kind, stale, expected) => {
  expect(torn(points, kind, stale)).toEqual(expected)
})

it('a thinned line is torn only where a silence is certain', () => {
  // One point for every two seconds: between neighbours up to four may lie without a silence of two.
  const thin = each(0, 100_000, 2000)
  expect(longestSilence(thin, 'real', 2000)).toBe(4000)
  expect(longestSilence(each(0, 1000, 1), 'real', null)).toBe(20)
  expect(longestSilence([], 'real', null)).toBeNull()
})

it('looked at nearer, a gap is seen that was too short for the whole, and the seam is none', () => {
  const coarse = each(0, 100_000, 1000)
  const fine = [...each(40_000, 42_000, 100), ...each(44_000, 50_000, 100)]
  const line = lineOf({ kind: 'real', points: coarse }, { span: [40_000, 50_000], points: fine }, null)
  expect([...line.torn].map((at) => line.points[at]?.[0])).toEqual([44_000])
  expect(lineOf({ kind: 'real', points: coarse }, null, null).torn.size).toBe(0)
})

it('shows no value in a silence, nor long after the last sample', () => {
  const line = lineOf({ kind: 'real', points: [...each(0, 1000, 100), ...each(4000, 5000, 100)] }, null, null)
  expect([50, 1000, 1001, 2500, 4000, 5000, 5400, 6000].map((at) => shownAt(line, at)?.[0] ?? null)).toEqual([0, 1000, null, null, 4000, 5000, 5000, null])
  expect(shownAt(line, -5)).toBeNull()
  expect(silencesIn(line, [-2000, 9000])).toEqual([[-2000, 0], [1000, 4000], [5000, 9000]])
  expect(silencesIn(line, [4100, 5100])).toEqual([])
  expect(silencesIn(lineOf({ kind: 'real', points: [] }, null, null), [0, 10])).toEqual([[0, 10]])
})

it('draws no line across a gap, and says that there is nothing', () => {
  const points = [...each(0, 1000, 100, level), ...each(4000, 5000, 100, level)]
  const calls: [string, ...unknown[]][] = []
  const on = new Proxy({ measureText: () => ({ width: 36 }) } as Record<string, unknown>, { get: (kept, name: string) => kept[name] ?? ((...args: unknown[]) => calls.push([name, ...args])) }) as unknown as CanvasRenderingContext2D
  const paint = { ink: '', ink2: '', line: '', steel: 'steel', steelText: '', moss: '', accent: '', amber: '', surface: '', font: '' }
  const series: Series = { name: 'gate', kind: 'bool', unit: '', points }
  drawStrip(on, { series, line: lineOf(series, null, null), about: false }, [], null, true, [0, 5000], { width: 5000, height: 128, left: 0, right: 0 }, 32, paint, String, '无数据')
  const clipped = calls.slice(calls.findIndex(([name]) => name === 'clip'))
  let x = -1
  const strokes: [number, number][] = []
  for (const [name, to] of clipped as [string, number][]) {
    if (name === 'lineTo') strokes.push([x, to])
    if (name === 'lineTo' || name === 'moveTo') x = to
  }
  expect(strokes.filter(([from, to]) => from < 2500 && to > 2500)).toEqual([])
  expect(strokes.length).toBeGreaterThan(15)
  expect(clipped.some(([name, words]) => name === 'fillText' && words === '无数据')).toBe(true)
})
