import { expect, it } from 'vitest'
import { fitted } from './picture'

it.each([
  [4000, 3000, 1600, 1200],
  [3000, 4000, 1200, 1600],
  [1600, 900, 1600, 900],
  [640, 480, 640, 480],
  [20_000, 3, 1600, 1],
])('%i × %i becomes %i × %i', (width, height, wide, high) => {
  expect(fitted(width, height)).toEqual({ width: wide, height: high })
})
