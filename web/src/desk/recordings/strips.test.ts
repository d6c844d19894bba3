import { expect, it } from 'vitest'
import { bounds, cut, indexAt, moved, patched, ticks, timeTicks, wantedOf, within, zoomed, type Point, type Span } from './strips'

const DAY: Span = [0, 100_000]
const line = (...times: number[]): Point[] => times.map((at) => [at, at, at + 1])

it.each([
  ['inside', [10_000, 20_000], [10_000, 20_000]],
  ['over the beginning', [-5_000, 5_000], [0, 10_000]],
  ['over the end', [95_000, 105_000], [90_000, 100_000]],
  ['longer than the whole', [-1e6, 1e6], [0, 100_000]],
  ['too short to see', [500, 501], [500, 550]],
])('a window %s', (_, asked, shown) => {
  expect(within(asked as [number, number], DAY)).toEqual(shown)
})
it('a run of no length has a window of none', () => expect(within([0, 10], [7, 7])).toEqual([7, 7]))

it('looking nearer keeps the instant under the pointer where it is', () => {
  const [from, to] = zoomed([0, 100_000], 0.5, 25_000, DAY)
  expect([from, to]).toEqual([12_500, 62_500])
  expect((25_000 - from) / (to - from)).toBeCloseTo(0.25)
  expect(zoomed([40_000, 60_000], 100, 50_000, DAY)).toEqual([0, 100_000])
  expect(zoomed([0, 100_000], 1e-9, 50_000, DAY)).toEqual([49_975, 50_025])
})
it('going along stops at both ends', () => {
  expect(moved([10_000, 30_000], 50_000, DAY)).toEqual([60_000, 80_000])
  expect(moved([10_000, 30_000], -50_000, DAY)).toEqual([0, 20_000])
  expect(moved([10_000, 30_000], Infinity, DAY)).toEqual([80_000, 100_000])
  expect(moved([10_000, 30_000], -Infinity, DAY)).toEqual([0, 20_000])
})

it('finds and cuts points by time', () => {
  const points = line(0, 10, 20, 30, 40)
  expect([-1, 0, 5, 40, 41].map((at) => indexAt(points, at))).toEqual([0, 0, 1, 4, 5])
  // One before and one behind, so that the line runs out of the picture.
  expect(cut(points, [12, 28])).toEqual([1, 4])
  expect(cut(points, [100, 200])).toEqual([4, 5])
  expect(cut([], [0, 1])).toEqual([0, 0])
})

it('a fine piece takes the place of the coarse points in its stretch, once', () => {
  expect(patched(line(0, 10, 20, 30), line(11, 12, 19), [10, 20]).map(([at]) => at)).toEqual([0, 11, 12, 19, 30])
  expect(patched(line(0, 10), [], [0, 5])).toEqual(line(0, 10))
})

it.each([
  ['a switch', 'bool', [[0, 0, 0]], [0, 1]], ['a level line', 'real', [[0, 3, 3]], [2.5, 3.5]],
  ['nothing', 'real', [], [0, 1]], ['both ends of every stretch', 'real', [[0, 2, 4], [1, -1, 3]], [-1, 4]],
])('the bounds of %s', (_, kind, points, expected) => {
  expect(bounds({ kind: kind as 'real', points: points as Point[] })).toEqual(expected)
})

it.each([
  [0, 10, 3, [0, 5, 10]], [41.2, 55.9, 3, [45, 50, 55]], [-0.3, 0.3, 3, [-0.2, 0, 0.2]], [5, 5, 3, []], [0.1, 0.4, 3, [0.1, 0.2, 0.3, 0.4]],
])('writes the axis from %d to %d', (low, high, about, expected) => {
  expect(ticks(low, high, about)).toEqual(expected)
})
it('writes the hours at round times, never more than there is room for', () => {
  expect(timeTicks([0, 8 * 3600e3], 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((hour) => hour * 3600e3))
  for (const long of [50, 999, 61_000, 3_600_000, 86_400_000]) expect(timeTicks([123, 123 + long], 10).length).toBeLessThanOrEqual(11)
})

it.each([
  ['the whole needs nothing finer', [0, 100_000], null, null],
  ['a stretch is fetched with as much on both sides', [40_000, 50_000], null, [30_000, 60_000]],
  ['what is there is not fetched again', [42_000, 52_000], [30_000, 60_000], null],
  ['further along it is', [55_000, 65_000], [30_000, 60_000], [45_000, 75_000]],
  ['much nearer it is, for finer points', [44_000, 45_000], [30_000, 60_000], [43_000, 46_000]],
])('%s', (_, window, there, wanted) => {
  expect(wantedOf(window as [number, number], DAY, there as [number, number] | null, 5)).toEqual(wanted)
})
