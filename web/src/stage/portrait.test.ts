import { describe, expect, it } from 'vitest'
import { aheadBy, percent, placeIn, shareOf } from './portrait'

describe('beside another', () => {
  it('counts in hundredths and knows nobody', () => {
    expect([aheadBy('11.00', '12.50'), aheadBy('3.10', '3.00'), aheadBy('3.00', null)]).toEqual([-150, 10, null])
  })
})

describe('shares', () => {
  it('is of the maximum, and nothing of nothing', () => {
    expect([shareOf('7.50', '30.00'), shareOf('1.00', '0.00'), percent(0.6667)]).toEqual([0.25, 0, '67\u00a0%'])
  })
})

describe('the place in a field', () => {
  it('is 1 for the first, 0 for the last, and nowhere without a rank', () => {
    expect([placeIn(1, 5), placeIn(5, 5), placeIn(3, 5), placeIn(1, 1), placeIn(null, 5)]).toEqual([1, 0, 0.5, 1, null])
  })
})
