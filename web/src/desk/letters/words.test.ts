import { expect, test } from 'vitest'
import { draftOf, empty, local, wordsOf, type Words } from './words'

const words: Words = {
  appointments: [{ at: '2026-12-05T00:30:00.000Z', what: { zh: '报到', en: 'Check-in' }, place: null }],
  addresses: { ven_east: { zh: '学院路 1 号', en: '1 College Road' } },
  bring: [{ zh: '身份证', en: 'Identity card' }],
  notes: [],
}
const venues = [{ id: 'ven_east' }, { id: 'ven_west' }]

test('what was written comes back as it was', () => {
  expect(wordsOf(draftOf(words, venues))).toEqual(words)
})

test('a draft has a line for each venue, and times as the clock of the device shows them', () => {
  const draft = draftOf(words, venues)
  expect(Object.keys(draft.addresses)).toEqual(['ven_east', 'ven_west'])
  expect(draft.appointments[0]?.at).toBe(local('2026-12-05T00:30:00.000Z'))
  expect(draft.appointments[0]?.at).toMatch(/^2026-12-0\dT\d\d:30$/)
})

test('what is empty is left out, and one language stands for both', () => {
  const draft = draftOf(words, venues)
  draft.bring.push(empty(), { zh: ' 工作服 ', en: '' })
  draft.appointments.push({ at: '', what: empty(), place: empty() })
  expect(wordsOf(draft).bring).toEqual([...words.bring, { zh: '工作服', en: '工作服' }])
  expect(wordsOf(draft).appointments).toHaveLength(1)
})

test('an appointment without its time is sent, so that the hall says where it is missing', () => {
  const draft = draftOf(words, venues)
  draft.appointments.push({ at: '', what: { zh: '开幕式', en: 'Opening' }, place: empty() })
  expect(wordsOf(draft).appointments[1]?.at).toBe('')
})
