import { expect, it } from 'vitest'
import { envelope, plotHeight, plotOption } from './plot'
import type { Verdict } from '../wire'

it('keeps both ends of every stretch', () => {
  expect(envelope([[1, 2, 2], [2, 1, 9]])).toEqual([[1, 2], [2, 1], [2, 9]])
})

it('gives each signal a strip, pins each verdict, and shades the window of the chosen one', () => {
  const verdict = { id: 'v1', at_ms: 5, outcome: 'missed', evidence: { from: 2e6, to: 4e6, samples: [], sentence: { zh: '', en: '' } } } as unknown as Verdict
  const paint = new Proxy({}, { get: () => '#000' }) as never
  const words = { time: String, verdict: () => '', verdicts: '' }
  const option = plotOption([{ name: 'force', kind: 'real', unit: 'N', points: [[0, 1, 2]] }], [verdict], 'v1', [0, 10], paint, words) as { grid: unknown[]; series: { markArea?: { data: unknown } }[] }
  expect(option.grid).toHaveLength(2)
  expect(option.series[1]?.markArea?.data).toEqual([[{ xAxis: 2 }, { xAxis: 4 }]])
  expect(plotHeight(3)).toBeGreaterThan(plotHeight(2))
})
