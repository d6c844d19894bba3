import { describe, expect, it } from 'vitest'
import { flatten } from '../i18n'
import en from './locales/en.json'
import zh from './locales/zh-CN.json'
import { applyAt, isAnnounced, placesLeft } from './open'

describe('places that are left', () => {
  const group = (capacity: number | null, taken: number) => ({ capacity, taken })
  it.each([
    ['no limit at all', { capacity: null, taken: 7, groups: [group(null, 7)] }, null],
    ['the limit of the contest', { capacity: 10, taken: 7, groups: [] }, 3],
    ['never fewer than none', { capacity: 10, taken: 12, groups: [] }, 0],
    ['the limits of all groups together', { capacity: null, taken: 5, groups: [group(4, 1), group(4, 4)] }, 3],
    ['a group that is too full takes no place from another', { capacity: null, taken: 9, groups: [group(4, 6), group(4, 3)] }, 1],
    ['one group without a limit leaves it open', { capacity: null, taken: 5, groups: [group(4, 1), group(null, 4)] }, null],
    ['the tighter of both', { capacity: 6, taken: 5, groups: [group(4, 1), group(4, 4)] }, 1],
  ])('%s', (_, limits, left) => expect(placesLeft(limits)).toBe(left))
})

it.each([['open', true], ['not_yet', true], ['unset', false], ['closed', false], ['over', false]] as const)('a registration that is %s is told: %s', (state, told) => expect(isAnnounced({ state })).toBe(told))

it('an address holds whatever the id is', () => expect(applyAt('a b&c')).toBe('/desk/applications?contest=a%20b%26c'))

it('its words have the same keys in both languages', () => expect([...flatten(en).keys()]).toEqual([...flatten(zh).keys()]))
