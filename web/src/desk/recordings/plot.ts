/** The picture of a recording as ECharts understands it: one strip for each signal on a common time axis, verdicts as pins on top. Pure. */

import type { EChartsCoreOption } from 'echarts/core'
import type { Series, Verdict } from '../wire'

export interface Paint {
  ink: string
  ink2: string
  line: string
  steel: string
  steelText: string
  moss: string
  accent: string
  amber: string
  surface: string
  font: string
}

export interface PlotWords {
  time: (ms: number) => string
  verdict: (verdict: Verdict) => string
  verdicts: string
}

const ABOVE = 16
const LANE = 20
const GAP = 40
const FOOT = 72
const LEFT = 64
const STRIP = 96
/** Pins nearer than this part of the whole lie on each other. */
const PIN_SPAN = 1 / 100

/** Verdicts of one instant are drawn one below the other, so that each can be seen and pointed at. The lane of each, from the top. */
export function lanesOf(verdicts: readonly Verdict[], [from, to]: [number, number]): number[] {
  const apart = (to - from) * PIN_SPAN
  const last: number[] = []
  const lanes = new Map<Verdict, number>()
  for (const verdict of [...verdicts].sort((a, b) => a.at_ms - b.at_ms)) {
    const free = last.findIndex((at) => verdict.at_ms - at >= apart && verdict.at_ms > at)
    const lane = free < 0 ? last.length : free
    last[lane] = verdict.at_ms
    lanes.set(verdict, lane)
  }
  return verdicts.map((verdict) => lanes.get(verdict) ?? 0)
}
const lanesIn = (lanes: readonly number[]) => Math.max(1, ...lanes.map((lane) => lane + 1))

/** Where the strip of a signal begins, with its name above. */
export const stripTop = (at: number, lanes: readonly number[]) => ABOVE + lanesIn(lanes) * LANE + GAP + at * (STRIP + GAP)
export const stripSpan = { above: GAP - 8, height: STRIP }
export const plotHeight = (signals: number, lanes: readonly number[]) => stripTop(signals, lanes) - GAP + FOOT

/** The stretch of time to show so that an instant is in it; null when it is already. */
export function zoomTo(at: number, [from, to]: [number, number], [first, last]: [number, number]): [number, number] | null {
  if (at >= from && at <= to) return null
  const start = Math.min(Math.max(at - (to - from) / 2, first), Math.max(first, last - (to - from)))
  return [start, start + (to - from)]
}

/** Each stretch goes from its least to its greatest, so that no peak is lost however far one zooms out. */
export function envelope(points: Series['points']): [number, number][] {
  const line: [number, number][] = []
  for (const [at, min, max] of points) {
    line.push([at, min])
    if (max !== min) line.push([at, max])
  }
  return line
}

/** Outcome by shape as well as by colour. */
const PIN = { met: 'circle', missed: 'triangle', undecided: 'diamond' } as const

/** `about`: the signals that the chosen verdict is about. */
export function plotOption(series: Series[], verdicts: Verdict[], chosen: string | null, about: readonly string[], span: [number, number], paint: Paint, words: PlotWords): EChartsCoreOption {
  const lanes = lanesOf(verdicts, span)
  const colours = { met: paint.moss, missed: paint.accent, undecided: paint.amber }
  const grids = series.map((_, at) => ({ left: LEFT, right: 24, top: stripTop(at, lanes), height: STRIP, outerBoundsMode: 'none' }))
  const pinned = verdicts.find((verdict) => verdict.id === chosen)
  const window = pinned && { from: pinned.evidence.from / 1e6, to: Math.max(pinned.evidence.to / 1e6, pinned.evidence.from / 1e6 + 1) }
  return {
    animation: false,
    textStyle: { fontFamily: paint.font, color: paint.ink },
    tooltip: { trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: paint.ink2 } }, backgroundColor: paint.surface, borderColor: paint.line, textStyle: { color: paint.ink, fontSize: 12 } },
    axisPointer: { link: [{ xAxisIndex: 'all' }], label: { show: false } },
    grid: [{ left: LEFT, right: 24, top: ABOVE, height: lanesIn(lanes) * LANE, outerBoundsMode: 'none' }, ...grids],
    xAxis: [
      { type: 'time', gridIndex: 0, min: span[0], max: span[1], show: false },
      ...series.map((_, at) => ({
        type: 'time', gridIndex: at + 1, min: span[0], max: span[1],
        axisLabel: { show: at === series.length - 1, color: paint.ink2, formatter: (ms: number) => words.time(ms), hideOverlap: true },
        axisLine: { lineStyle: { color: paint.line } }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: paint.line } },
      })),
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: lanesIn(lanes), inverse: true, show: false },
      ...series.map((each, at) => ({
        type: 'value', gridIndex: at + 1, scale: each.kind !== 'bool', ...(each.kind === 'bool' ? { min: 0, max: 1, interval: 1 } : {}),
        name: each.unit ? `${each.name} (${each.unit})` : each.name, nameLocation: 'end', nameGap: 10,
        nameTextStyle: { color: about.includes(each.name) ? paint.steelText : paint.ink, align: 'left', fontSize: 12, fontWeight: 600, padding: [0, 0, 0, 8 - LEFT] },
        axisLabel: { color: paint.ink2, fontSize: 12, showMinLabel: true, showMaxLabel: true }, splitNumber: 3, splitLine: { lineStyle: { color: paint.line, opacity: 0.5 } },
      })),
    ],
    dataZoom: [
      { type: 'inside', xAxisIndex: 'all' },
      { type: 'slider', xAxisIndex: 'all', bottom: 12, height: 20, left: LEFT, right: 24, borderColor: paint.line, textStyle: { color: paint.ink2 }, labelFormatter: (ms: number) => words.time(ms) },
    ],
    series: [
      {
        type: 'scatter', name: words.verdicts, xAxisIndex: 0, yAxisIndex: 0, symbolSize: 14, cursor: 'pointer',
        data: verdicts.map((verdict, at) => ({
          value: [verdict.at_ms, (lanes[at] ?? 0) + 0.5], id: verdict.id, symbol: PIN[verdict.outcome], symbolSize: verdict.id === chosen ? 18 : 14,
          itemStyle: { color: colours[verdict.outcome], borderColor: verdict.id === chosen ? paint.ink : paint.surface, borderWidth: 2 },
        })),
        tooltip: { trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => (verdicts[dataIndex] ? words.verdict(verdicts[dataIndex]) : '') },
      },
      ...series.map((each, at) => ({
        type: 'line', name: each.name, xAxisIndex: at + 1, yAxisIndex: at + 1, showSymbol: false, sampling: 'none', large: true, step: each.kind === 'real' ? false : 'end',
        lineStyle: { width: 1.2, color: paint.steel }, itemStyle: { color: paint.steel }, data: envelope(each.points),
        markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { type: 'solid', width: 1, opacity: 0.55 }, data: verdicts.map((verdict) => ({ xAxis: verdict.at_ms, lineStyle: { color: colours[verdict.outcome] } })) },
        ...(window ? { markArea: { silent: true, itemStyle: { color: paint.amber, opacity: about.length === 0 || about.includes(each.name) ? 0.24 : 0.08 }, data: [[{ xAxis: window.from }, { xAxis: window.to }]] } } : {}),
      })),
    ],
  }
}
