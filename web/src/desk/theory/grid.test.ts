import { describe, expect, it } from 'vitest'
import { cellsOf, changesOf, fillDown, markFault, markText, readColumns } from './grid'

it.each([
  ['', null], ['0', null], ['20', null], ['17.5', null], ['１７．５', null], ['17。5', null],
  ['20.01', 'desk.markAbove'], ['-1', 'desk.markBelow'], ['17.555', 'desk.markDecimals'], ['缺考', 'desk.markNone'], ['1e1', 'desk.markNone'], ['NaN', 'desk.markNone'],
])('a mark of %j', (typed, key) => {
  expect(markFault(typed, '20.00')?.key ?? null).toBe(key)
})

it('writes marks as they travel', () => {
  expect([' 17.5 ', '０', '9', 'x', '-1', ''].map(markText)).toEqual(['17.50', '0.00', '9.00', null, null, null])
})

describe('two columns', () => {
  const numbers = ['A01', 'A02', 'B7']
  it('of a spreadsheet, with its heading', () => {
    const { marks, faults } = readColumns('检录号\t成绩\r\nA01\t17.5\r\na02\t9\r\nB7\t\r\n', numbers, '20.00')
    expect([...marks]).toEqual([['A01', '17.50'], ['A02', '9.00']])
    expect(faults).toEqual([])
  })
  it('of a CSV file, without one', () => expect([...readColumns('A01,1\nB7;2', numbers, '20').marks]).toEqual([['A01', '1.00'], ['B7', '2.00']]))
  it('tell every row at fault, and keep the others', () => {
    const { marks, faults } = readColumns('A01\t17.5\nC9\t3\nA01\t18\nB7\t99\n\tx\nA02\tfive', numbers, '20.00')
    expect([...marks]).toEqual([['A01', '17.50']])
    expect(faults.map(({ row, key }) => `${row} ${key}`)).toEqual(['2 desk.numberUnknown', '3 desk.numberTwice', '4 desk.markAbove', '5 desk.numberUnknown', '6 desk.markNone'])
  })
  it('of nothing are nothing', () => expect(readColumns('\n\n', numbers, '20')).toEqual({ marks: new Map(), faults: [] }))
})

it('one column goes downward, and not beyond the end', () => {
  expect([...fillDown('1\n\n3\n4\n', ['a', 'b', 'c'], 'a')]).toEqual([['a', '1'], ['c', '3']])
  expect([...fillDown('1', ['a'], 'z')]).toEqual([])
})

it('keeps commas apart from tabs', () => {
  expect(cellsOf('a,b\tc')).toEqual([['a,b', 'c']])
})

it('sends what differs, and says what stood', () => {
  const standing = new Map([['A01', '17.50'], ['A02', '3.00']])
  expect(changesOf(['A01', 'A02', 'B7', 'B8', 'B9'], { A01: '17.5', A02: '4', B7: '0', B8: 'x', B9: '99' }, standing, new Map([['B9', 'above the maximum']]))).toEqual([
    { no: 'A02', mark: '4.00', before: '3.00' },
    { no: 'B7', mark: '0.00', before: null },
  ])
})
