import { expect, it } from 'vitest'
import { plannedOf } from './planned'
import type { ContestState, Head } from './wire'

const head = (state: ContestState, more: Partial<Head> = {}) => ({ state, ends_at: 200, freezes_at: 100, since: 50, ...more }) as Head

it.each([
  ['before the freeze', head('live'), [['freezes', 100], ['ends', 200]]],
  ['before the opening', head('draft'), [['freezes', 100], ['ends', 200]]],
  ['after a thaw by hand', head('live', { freezes_at: null }), [['ends', 200]]],
  ['while it is frozen', head('frozen', { freezes_at: null }), [['frozenSince', 50], ['ends', 200]]],
  ['where nobody has said an end', head('live', { ends_at: null, freezes_at: null }), []],
  ['frozen by hand without one', head('frozen', { ends_at: null, freezes_at: null }), [['frozenSince', 50]]],
  ['in review', head('review'), []],
  ['when it is over', head('final'), []],
  ['of a hall that does not say', { state: 'live' } as Head, []],
  ['before anything is known', undefined, []],
])('%s', (_, shown, notes) => {
  expect(plannedOf(shown).map((note) => [note.says, note.at])).toEqual(notes)
})
