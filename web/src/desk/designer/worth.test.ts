import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from './document'
import { reachOf, reachOfAspect } from './worth'

const ROBOT = readFileSync('../catalogue/contests/robot-maintenance/scheme.yaml', 'utf8')
const of = (fields: string) => {
  const { most, least } = reachOf(parse(`rules: [{id: x, aspect: A1, ${fields}}]`), ['rules', 0])
  return [most, least]
}

it('what happens again and again gives without end, up to its cap', () => {
  expect(of('on: {rises: a}, award: 2')).toEqual([null, 0])
  expect(of('on: {rises: a}, award: 2, at_most: 6')).toEqual([6_00, 0])
  expect(of('on: {rises: a}, award: 2, once: true')).toEqual([2_00, 0])
  expect(of('on: {rises: a}, deduct: 0.5')).toEqual([0, null])
  expect(of('on: {rises: a}, deduct: 0.5, at_most: 1')).toEqual([0, -1_00])
  expect(of('on: {rises: a}, deduct: 0.5, min_total: -3')).toEqual([0, -3_00])
  expect(of('while: a, per: started_second, deduct: 1, once: true')).toEqual([0, null])
  expect(of('on: {rises: a}')).toEqual([0, 0])
})
it('what is missed may give and take as well', () => {
  expect(of('on: {rises: a}, then: {rises: b, within: 1s}, award: 2, otherwise: -1, at_most: 4')).toEqual([4_00, -4_00])
  expect(of('on: {rises: a}, check: {is: b}, award: 20, otherwise: 5, once: true')).toEqual([20_00, 0])
  expect(of('on: {rises: a}, check: {is: b}, award: 5, otherwise: -5, min_total: 0')).toEqual([null, 0])
})
it('what is said at the end of the run is said once', () => {
  expect(of('check: {max: t, curve: [[45, 0], [60, -1]]}')).toEqual([0, -1_00])
  expect(of('check: {max: t, between: [1, 2]}, award: 3')).toEqual([3_00, 0])
  expect(of('during: cycle, check: {max: t, between: [1, 2]}, award: 3')).toEqual([null, 0])
  expect(of('during: cycle, best_of: 3, check: {max: t, between: [1, 2]}, award: 3')).toEqual([3_00, 0])
  expect(of('count: {rises: a, curve: [[2, 0], [6, -4]]}')).toEqual([0, -4_00])
  expect(of('count: {rises: a}, award: 1')).toEqual([null, 0])
  expect(of('absent: {rises: a}, by: 20s, deduct: 2')).toEqual([0, -2_00])
})
it('steps are worth their number', () => {
  expect(of('sequence: [{rises: a}, {rises: b}, {rises: c}], per: step, award: 1, once: true')).toEqual([3_00, 0])
  expect(of('sequence: [{rises: a}, {rises: b}], award: 1, once: true')).toEqual([1_00, 0])
})
it('what can not be read has no end that is known', () => {
  expect(of('on: {rises: a}, count: {rises: b}, award: 1')).toEqual([null, null])
  expect(of('on: {rises: a}, award: two, once: true')).toEqual([0, 0])
})
it('the rules of an aspect add up', () => {
  const doc = parse(ROBOT)
  expect([reachOfAspect(doc, 'A3.1'), reachOfAspect(doc, 'B2.2'), reachOfAspect(doc, 'D1.1'), reachOfAspect(doc, 'E2.2'), reachOfAspect(doc, 'none')]).toEqual([
    { most: 3_00, least: 0 }, { most: 0, least: -4_00 }, { most: 4_00, least: 0 }, { most: 0, least: -3_00 }, { most: 0, least: 0 },
  ])
})
