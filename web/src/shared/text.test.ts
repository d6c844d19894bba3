import { expect, it } from 'vitest'
import { inLanguage } from './text'

it.each([
  [{ zh: '12:00:05时急停按下，此刻 `force > 5N` 成立', en: 'estop rose at 12:00:05, and `force > 5N` was true then' }, '12:00:05时急停按下，此刻“force > 5N”成立', 'estop rose at 12:00:05, and "force > 5N" was true then'],
  [{ zh: ' `a` 变为真，`b` 变化', en: '`a` became true, `b` changed' }, ' “a”变为真，“b”变化', '"a" became true, "b" changed'],
  [{ zh: '第 1 名', en: 'Rank 1' }, '第 1 名', 'Rank 1'],
  [{ zh: '一个 ` 不是引号', en: 'one ` is no quotation' }, '一个 ` 不是引号', 'one ` is no quotation'],
  // What a person wrote is shown as he wrote it.
  ['看 `x`', '看 `x`', '看 `x`'],
  [{ zh: '只有中文', en: '' }, '只有中文', '只有中文'],
  [null, '', ''],
])('%j', (text, zh, en) => {
  expect([inLanguage(text, 'zh-CN'), inLanguage(text, 'en')]).toEqual([zh, en])
})
