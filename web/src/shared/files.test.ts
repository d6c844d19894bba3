import { expect, it } from 'vitest'
import { csvOf } from './files'

it.each([
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['+1+cmd', "'+1+cmd"], ['@sum', "'@sum"], ['-a', "'-a"], ['\t=1', "'\t=1"], ['\r=1', `"'\r=1"`],
  // What only looks like one: numbers stay numbers.
  [-1.5, '-1.5'], ['-1.50', '-1.50'], ['+3', '+3'], [0, '0'],
  ['甲, "乙"', '"甲, ""乙"""'], ['a\nb', '"a\nb"'], ['', ''],
])('a cell of %j', (value, written) => {
  expect(csvOf([[value]])).toBe(`\ufeff${written}\r\n`)
})

it('joins cells and lines as spreadsheets read them', () => {
  expect(csvOf([['队', '总分'], ['甲', 3]])).toBe('\ufeff队,总分\r\n甲,3\r\n')
})
