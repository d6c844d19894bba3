import { expect, it } from 'vitest'
import { byHandOf } from './equipment'

const said = (present: boolean) => ({ present, reason: '没有网关', by: '宋明远', at: 1 })

it('nobody needs to say that there is equipment', () => {
  expect(byHandOf(undefined)).toEqual({ whole: false, said: null, stations: [] })
})

it('names the stations that stand otherwise', () => {
  expect(byHandOf({ venue: said(false), present: false, stations: { S02: said(true), S01: said(true) } })).toEqual({ whole: true, said: said(false), stations: ['S01', 'S02'] })
  expect(byHandOf({ venue: null, present: true, stations: { S07: said(false) } })).toMatchObject({ whole: false, stations: ['S07'] })
})
