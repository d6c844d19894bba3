import { describe, expect, it } from 'vitest'
import { answerable, byTheme, figureColumns, fixed, flaggedFirst, labelled, percent, placeOn, points, scaleOf, width, type Analysis, type Figure, type Finding } from './figures'

const figure = (value: number | null, low: number | null = null, high: number | null = null): Figure => ({ value, low, high, lack: value === null ? { zh: '无', en: 'none' } : null })
const finding = (theme: Finding['theme'], certain: boolean, kind: string) => ({ theme, certain, kind }) as Finding

describe('figures in words', () => {
  it('has a true minus, and none before nothing', () => {
    expect([fixed(-0.127), fixed(-0.001), fixed(null), percent(0.994), percent(null)]).toEqual(['−0.13', '0.00', '–', '99\u00a0%', '–'])
  })
  it('says less and more of a difference', () => {
    expect([width(0.174), width(null)]).toEqual(['17.4\u00a0%', '–'])
    expect([points(0.0712), points(-0.07), points(-0.0001), points(null)]).toEqual(['+7.1\u00a0%', '−7.0\u00a0%', '0.0\u00a0%', '–'])
  })
})

describe('drawing', () => {
  it('puts zero in the middle of differences, bounds included', () => {
    const scale = scaleOf([figure(0.05, -0.2, 0.1), figure(null)], 'zero')
    expect(scale).toEqual([-0.2, 0.2])
    expect([placeOn(0, scale), placeOn(-0.2, scale), placeOn(9, scale)]).toEqual([50, 0, 100])
  })
  it('has a scale without figures', () => {
    expect([scaleOf([], 'zero'), scaleOf([figure(0.3)], 'unit'), placeOn(1, [0, 0])]).toEqual([[-0.01, 0.01], [0, 1], 50])
  })
})

describe('labels of dots', () => {
  it('stand apart where dots lie close, and within the chart', () => {
    const found = labelled([{ code: 'a', cx: 10, cy: 50 }, { code: 'b', cx: 12, cy: 50 }, { code: 'c', cx: 90, cy: 50 }], 60)
    expect(found.map(({ code, x, y, anchor }) => [code, x, y, anchor])).toEqual([['a', 19, 54, 'start'], ['b', 21, 66, 'start'], ['c', 81, 54, 'end']])
  })
})

describe('order', () => {
  it('puts what stands out first and leaves the rest as it came', () => {
    const rows = [{ code: 'a', flags: [] }, { code: 'b', flags: ['too_easy'] }, { code: 'c', flags: [] }, { code: 'd', flags: ['too_hard', 'contradicts'] }]
    expect(flaggedFirst(rows).map((row) => row.code)).toEqual(['d', 'b', 'a', 'c'])
  })
  it('answers every question, what is certain first', () => {
    const found = byTheme([finding('judges', false, 'erratic'), finding('training', true, 'train'), finding('judges', true, 'severe')])
    expect(found.map(({ theme, findings }) => [theme, findings.map((each) => each.kind)])).toEqual([['selection', []], ['training', ['train']], ['aspects', []], ['judges', ['severe', 'erratic']], ['conduct', []], ['machine', []]])
  })
})

describe('questions', () => {
  const nothing = { reliability: { alpha: figure(null) }, abilities: [], aspects: [], judges: [], venues: [{ residual: figure(0) }], drift: figure(null), machine: [] } as unknown as Analysis
  it('have no answer without figures', () => {
    expect(Object.values(answerable(nothing))).toEqual([false, false, false, false, false, false])
  })
  it('have one each by figures of their own', () => {
    const some = { ...nothing, abilities: [{ reliability: 0.5 }], judges: [{ deviation: figure(null), severity: figure(0.2) }], drift: figure(0.1) } as unknown as Analysis
    expect(answerable(some)).toEqual({ selection: true, training: true, aspects: false, judges: true, conduct: true, machine: false })
  })
})

describe('columns', () => {
  it('exports a figure with its bounds, and sorts what has none last', () => {
    const columns = figureColumns<Figure>('d', 'Deviation', (row) => row, points, { low: 'low', high: 'high' })
    const row = figure(-0.05, -0.08, -0.02)
    expect(columns.map((column) => [column.title, column.text(row), column.fileOnly ?? false])).toEqual([['Deviation', '−5.0\u00a0%', false], ['Deviation low', '−0.0800', true], ['Deviation high', '−0.0200', true]])
    expect(columns[0]?.rank?.(figure(null))).toBe(Number.MAX_SAFE_INTEGER)
    expect(figureColumns<Figure>('w', 'Wander', (each) => each, fixed, null)).toHaveLength(1)
  })
})
