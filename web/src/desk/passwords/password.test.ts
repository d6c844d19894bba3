import { expect, it } from 'vitest'
import { ALPHABET, newPassword, papersOf } from './password'

it('makes passwords that can be read aloud and typed', () => {
  const many = new Set(Array.from({ length: 500 }, () => newPassword('judge-1')))
  expect(many.size).toBe(500)
  for (const each of many) expect(each).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/)
  for (const alike of '01ilo') expect(ALPHABET).not.toContain(alike)
})

it('is fair: bytes beyond the last whole multiple are thrown away', () => {
  let calls = 0
  const password = newPassword('x', (bytes) => bytes.map((_, at) => (calls === 0 && at === 0 ? ((calls = 1), 255) : at)))
  expect(password).toBe('bcde-fghj-kmnp')
})

it('holds no login, and is never one letter over and over', () => {
  let draw = 0
  const chance = (bytes: Uint8Array<ArrayBuffer>) => bytes.map((_, at) => (draw < 1 ? 0 : draw < 2 ? at : at + 5)).map((byte, at, all) => ((draw += at === all.length - 1 ? 1 : 0), byte))
  expect(newPassword('bcd', chance)).toBe('fghj-kmnp-qrst')
})

it('puts each judge on one paper, with what is known of his account', () => {
  const [east, west, org] = [{ zh: '东', en: 'E' }, { zh: '西', en: 'W' }, { zh: '学院', en: 'College' }]
  const judges = [
    { account: 'acc_1', name: '甲', organisation_name: org, venue_name: east },
    { account: 'acc_2', name: '乙', organisation_name: org, venue_name: east },
    { account: 'acc_1', name: '甲', organisation_name: org, venue_name: west },
    { account: 'acc_gone', name: '丙', organisation_name: org, venue_name: west },
  ]
  const accounts = [{ id: 'acc_1', login: 'one', has_password: false }, { id: 'acc_2', login: 'two', has_password: true, disabled_at: '2026-01-01T00:00:00Z' }]
  expect(papersOf(judges, accounts)).toEqual([
    { account: 'acc_1', login: 'one', name: '甲', organisation: org, venues: [east, west], hasPassword: false, closed: false },
    { account: 'acc_2', login: 'two', name: '乙', organisation: org, venues: [east], hasPassword: true, closed: true },
  ])
})
