import { describe, expect, it } from 'vitest'
import type { EntryHead, Head, RankRow } from '@shared/live/wire'
import { arrange, named, rowOf, sorted, tableOf, teamOf, teamTable, type Selection } from './board'
import { aspectsOf } from './contests'
import { pageAt } from './paging'

const head: Head = {
  contest: 'c', name: { zh: '赛', en: 'C' }, state: 'live', view: 'overall', max: 10000, aspects: 40, started_at: null,
  modules: [{ code: 'A', name: { zh: '安装', en: 'Assembly' }, max: 5000 }, { code: 'B', name: { zh: '接线, 布线', en: 'Wiring' }, max: 5000 }],
  abilities: [], groups: [{ code: 'w', name: { zh: '职工组', en: 'Workers' } }], venues: [{ id: 'v1', name: { zh: '东', en: 'East' } }], teams: [{ id: 't1', name: { zh: '温州队', en: 'Wenzhou' } }],
}
const names = named(head, 'zh-CN')
const entry = (no: string, over: Partial<EntryHead> = {}): EntryHead => ({ no, name: `选手${no}`, org: '厂', team: 't1', venue: 'v1', group: 'w', ...over })
const row = (no: string, rank: RankRow | undefined, over: Partial<EntryHead> = {}) => rowOf(`ent_${no}`, entry(no, over), rank, names, false)
const all = () => [
  row('9', [2, 1, 4000, [1000, 3000], 5, 3]),
  row('10', [1, 2, 5000, [3000, 2000], 6, 1]),
  row('100', undefined, { name: null, org: null, group: null, venue: null }),
  row('11', [2, 3, 4000, [null, 4000], 5, null]),
]
const any: Selection = { search: '', group: '', venue: '', sort: 'rank' }
const order = (selection: Partial<Selection>) => arrange(all(), { ...any, ...selection }, head).map((r) => r.no)

describe('the board', () => {
  it('goes by rank; equals by number; those without marks last', () => {
    expect(order({})).toEqual(['10', '9', '11', '100'])
  })
  it('shows what is ranked by, though nothing is done yet; no mark is no 0', () => {
    expect(row('12', [1, 1, 300, [300, null], 0, null]).total).toBe(300)
    expect(row('12', [null, null, 0, [0, null], 0, null]).total).toBe(0)
    expect([row('13', [null, null, 0, [null, null], 0, null]).total, row('14', undefined).total]).toEqual([null, null])
  })
  it('goes by number as numbers, not as text', () => {
    expect(order({ sort: 'no' })).toEqual(['9', '10', '11', '100'])
  })
  it('goes by a module; nothing given yet comes last', () => {
    expect(order({ sort: 'A' })).toEqual(['10', '9', '11', '100'])
    expect(order({ sort: 'B' })).toEqual(['11', '9', '10', '100'])
  })
  it('an unknown order is the order of ranks', () => {
    expect(order({ sort: 'nonsense' })).toEqual(['10', '9', '11', '100'])
  })
  it('finds by number, name, organisation and team, all words', () => {
    expect(order({ search: '温州 11' })).toEqual(['11'])
    expect(order({ search: '  选手9 ' })).toEqual(['9'])
    expect(order({ search: '无此人' })).toEqual([])
  })
  it('keeps the rank in the field when rows are chosen', () => {
    expect(arrange(all(), { ...any, group: 'w', search: '9' }, head)[0]).toMatchObject({ no: '9', rank: 2, before: 3 })
  })
  it('shows the rank in the group when the group is asked for, without the change, which is the field\'s', () => {
    expect(rowOf('x', entry('9'), [2, 1, 0, [], 1, 5], names, true)).toMatchObject({ rank: 1, before: null })
  })
  it('a blind number has no name and still has a row', () => {
    expect(row('100', undefined, { name: null, org: null })).toMatchObject({ name: '', org: '', rank: null, total: null, modules: [] })
  })
})

describe('the board as a file', () => {
  const titles = { rank: '名次', no: '编号', name: '姓名', org: '单位', team: '队伍', group: '组别', venue: '赛场', total: '总分' }
  it('has a line for each row, in the order of the board', () => {
    const [titled, first, ...others] = tableOf(arrange(all(), any, head), head, titles, 'zh-CN')
    expect(titled?.join('|')).toBe('名次|编号|姓名|单位|队伍|组别|赛场|安装|接线, 布线|总分')
    expect(first?.join('|')).toBe('1|10|选手10|厂|温州队|职工组|东|30.00|20.00|50.00')
    expect(others.length).toBe(3)
  })
})

describe('a screen that turns its pages', () => {
  it('goes round', () => {
    expect(pageAt(0, 0, 10, 20, 8)).toMatchObject({ index: 0, pages: 3, from: 0, to: 8, passed: 0 })
    expect(pageAt(25, 0, 10, 20, 8)).toMatchObject({ index: 2, from: 16, to: 20, passed: 0.5 })
    expect(pageAt(30, 0, 10, 20, 8)).toMatchObject({ index: 0 })
  })
  it('has one empty page when there is nothing', () => {
    expect(pageAt(99, 0, 10, 0, 8)).toMatchObject({ index: 0, pages: 1, from: 0, to: 0 })
  })
})

it('reads the aspects out of a scheme, with marks as text or numbers', () => {
  const found = aspectsOf({ modules: [{ code: 'A', criteria: [{ aspects: [{ code: 'A1.1', name: { zh: '一', en: 'one' }, type: 'measurement', max: '2.50' }, { code: 'A1.2', max: 3 }] }] }, { code: 'B' }] })
  expect(found.get('A1.1')).toEqual({ code: 'A1.1', name: { zh: '一', en: 'one' }, max: 250, module: 'A', type: 'measurement', most: null })
  expect(found.get('A1.2')).toMatchObject({ max: 300, name: { zh: 'A1.2', en: 'A1.2' } })
})

describe('a list of teams', () => {
  const teams = [
    { rank: 2, name: '温州队', members: 3, total: 900 },
    { rank: null, name: '安庆队', members: 9, total: null },
    { rank: 1, name: '徐州队', members: 5, total: 1200 },
    { rank: 2, name: '杭州队', members: 3, total: 900 },
  ]
  it.each([
    ['rank', ['徐州队', '杭州队', '温州队', '安庆队']],
    ['total', ['徐州队', '杭州队', '温州队', '安庆队']],
    ['members', ['安庆队', '徐州队', '杭州队', '温州队']],
    ['name', ['安庆队', '杭州队', '温州队', '徐州队']],
  ] as const)('goes by %s; equals by name; without a rank last', (sort, names) => {
    expect(sorted(teams, sort, 'zh-CN').map((team) => team.name)).toEqual(names)
  })
  it('one of which nobody has a mark has no total; one that was given 0 has', () => {
    const rows = [teamOf('t1', '温州队', [1, 1250, 3]), teamOf('t2', '杭州队', [2, 0, 2]), teamOf('t3', '安庆队', [null, 0, 4]), teamOf('t4', '新队', undefined)]
    expect(rows.map(({ total }) => total)).toEqual([1250, 0, null, null])
    expect(sorted(rows, 'total', 'zh-CN').map(({ name }) => name)).toEqual(['温州队', '杭州队', '安庆队', '新队'])
    expect(teamTable(rows, ['名次', '队伍', '人数', '总分'])).toEqual([['名次', '队伍', '人数', '总分'], [1, '温州队', 3, '12.50'], [2, '杭州队', 2, '0.00'], ['', '安庆队', 4, ''], ['', '新队', 0, '']])
  })
})
