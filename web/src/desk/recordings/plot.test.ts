import { expect, it } from 'vitest'
import { lanesOf, pinAt, zoomTo, type Pin } from './plot'

const fell = (...times: number[]) => times.map((at_ms, at) => ({ id: `v${at}`, at_ms }) as unknown as Pin)

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

it.each([
  [50, [0, 100], null], [50, [60, 80], [40, 60]], [1, [60, 80], [0, 20]], [99, [60, 80], [80, 100]],
])('shows the instant %d from %j', (at, from, shown) => {
  expect(zoomTo(at, from as [number, number], [0, 100])).toEqual(shown)
})

const places = [{ id: 'a', x: 10, y: 10 }, { id: 'b', x: 18, y: 10 }, { id: 'c', x: 10, y: 30 }]
it.each([[10, 11, 'a'], [15, 10, 'b'], [11, 28, 'c'], [60, 60, null], [14, 10, 'b']])('the pin at %d, %d', (x, y, id) => {
  expect(pinAt(places, x, y)).toBe(id)
})
