import { expect, it } from 'vitest'
import { arranged, shown, tableOf, type Column } from './list'

interface Row {
  no: string
  name: string
  marks: number
}
const rows: Row[] = [
  { no: '110', name: '王芳', marks: 9 },
  { no: '9', name: '李 伟', marks: 80.5 },
  { no: '77', name: 'Ouyang, "Jack"', marks: 10 },
]
const columns: Column<Row>[] = [
  { key: 'no', title: '号', text: (row) => row.no },
  { key: 'name', title: '姓名', text: (row) => row.name },
  { key: 'marks', title: '分', text: (row) => String(row.marks), rank: (row) => row.marks, numeric: true },
  { key: 'act', title: '', text: () => 'zzz', bare: true },
]
const names = (found: Row[]) => found.map((row) => row.no)

it('finds every word anywhere in a row, in any case, and nothing in bare columns', () => {
  expect(names(arranged(rows, columns, { search: 'JACK 77', sort: null }, 'zh-CN'))).toEqual(['77'])
  expect(names(arranged(rows, columns, { search: 'zzz', sort: null }, 'zh-CN'))).toEqual([])
})

it('sorts numbers as numbers, digits in text too, and names by the language', () => {
  expect(names(arranged(rows, columns, { search: '', sort: { key: 'no', down: false } }, 'zh-CN'))).toEqual(['9', '77', '110'])
  expect(names(arranged(rows, columns, { search: '', sort: { key: 'marks', down: true } }, 'zh-CN'))).toEqual(['9', '77', '110'])
  expect(names(arranged(rows.slice(0, 2), columns, { search: '', sort: { key: 'name', down: false } }, 'zh-CN'))).toEqual(['9', '110'])
})

it('never shows a page beyond the last', () => {
  const wish = { search: '', sort: null, page: 9, size: 2 }
  expect(shown(rows, columns, wish, 'en')).toMatchObject({ page: 2, pages: 2, found: 3 })
  expect(shown([], columns, wish, 'en')).toMatchObject({ page: 1, pages: 1, found: 0, rows: [] })
})

it('exports the columns that say something', () => {
  expect(tableOf([rows[2]!], columns)).toEqual([['号', '姓名', '分'], ['77', 'Ouyang, "Jack"', '10']])
})

it('finds what a cell shows besides its text; what is only in the file is not found', () => {
  const more: Column<Row>[] = [{ ...columns[1]!, also: (row) => `单位${row.no}` }, { key: 'why', title: '理由', text: (row) => `领先于 ${row.no}`, fileOnly: true }]
  expect(names(arranged(rows, more, { search: '单位9', sort: null }, 'zh-CN'))).toEqual(['9'])
  expect(names(arranged(rows, more, { search: '领先于', sort: null }, 'zh-CN'))).toEqual([])
  expect(tableOf([rows[0]!], more)).toEqual([['姓名', '理由'], ['王芳', '领先于 110']])
})
