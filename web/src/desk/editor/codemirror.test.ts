import { EditorState } from '@codemirror/state'
import { expect, it } from 'vitest'
import { fromLineStart } from './codemirror'

const TEXT = 'first\nsecond line\nthird\n'
it.each([
  ['in a line', 'line', 6, 17],
  ['where the line begins', 'second', 6, 12],
  ['over two lines', 'line\nth', 6, 20],
  ['in the first line', 'rst', 0, 5],
])('a match %s is brought into sight with the beginning of its line', (_, match, anchor, head) => {
  const from = TEXT.indexOf(match)
  const range = fromLineStart(EditorState.create({ doc: TEXT }), { from, to: from + match.length })
  expect([range.anchor, range.head]).toEqual([anchor, head])
})
