import { expect, it } from 'vitest'
import { linesOf } from './label'

it.each([
  ['短', 6, 3, ['短']],
  ['电气装调', 6, 3, ['电气装调']],
  ['工业机器人系统编程与调试能力', 6, 3, ['工业机器人系', '统编程与调试', '能力']],
  ['工业机器人系统编程与调试能力', 6, 2, ['工业机器人系', '统编程与调…']],
  ['安全、环保', 3, 3, ['安全、', '环保']],
  ['Electrical', 7, 3, ['Electrical']],
  ['Robot programming and commissioning', 7, 3, ['Robot', 'programming', 'and…']],
  ['Troubleshooting', 4, 4, ['Troubl', 'eshooti', 'ng']],
  ['PLC编程', 3, 2, ['PLC', '编程']],
  ['  ', 6, 3, []],
])('%j in %d ems and %d lines', (name, ems, most, lines) => {
  expect(linesOf(name, ems, most)).toEqual(lines)
})
