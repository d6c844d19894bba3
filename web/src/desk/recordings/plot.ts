/** The picture of a recording as ECharts understands it: one strip for each signal on a common time axis, verdicts as pins on top. Pure. */

import type { EChartsCoreOption } from 'echarts/core'
import type { Series, Verdict } from '../wire'

export interface Paint {
  ink: string
  ink2: string
  line: string
  steel: string
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

const TOP = 80
const GAP = 40
const FOOT = 72
const LEFT = 64

export function plotHeight(signals: number, strip = 96): number {
  return TOP + signals * (strip + GAP) + FOOT
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

export function plotOption(series: Series[], verdicts: Verdict[], chosen: string | null, span: [number, number], paint: Paint, words: PlotWords, strip = 96): EChartsCoreOption {
  const colours = { met: paint.moss, missed: paint.accent, undecided: paint.amber }
  const grids = series.map((_, at) => ({ left: LEFT, right: 24, top: TOP + at * (strip + GAP), height: strip, outerBoundsMode: 'none' }))
  const pinned = verdicts.find((verdict) => verdict.id === chosen)
  const window = pinned && { from: pinned.evidence.from / 1e6, to: Math.max(pinned.evidence.to / 1e6, pinned.evidence.from / 1e6 + 1) }
  return {
    animation: false,
    textStyle: { fontFamily: paint.font, color: paint.ink },
    tooltip: { trigger: 'axis', axisPointer: { type: 'line', lineStyle: { color: paint.ink2 } }, backgroundColor: paint.surface, borderColor: paint.line, textStyle: { color: paint.ink, fontSize: 12 } },
    axisPointer: { link: [{ xAxisIndex: 'all' }], label: { show: false } },
    grid: [{ left: LEFT, right: 24, top: 24, height: 24, outerBoundsMode: 'none' }, ...grids],
    xAxis: [
      { type: 'time', gridIndex: 0, min: span[0], max: span[1], show: false },
      ...series.map((_, at) => ({
        type: 'time', gridIndex: at + 1, min: span[0], max: span[1],
        axisLabel: { show: at === series.length - 1, color: paint.ink2, formatter: (ms: number) => words.time(ms), hideOverlap: true },
        axisLine: { lineStyle: { color: paint.line } }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: paint.line } },
      })),
    ],
    yAxis: [
      { type: 'value', gridIndex: 0, min: 0, max: 1, show: false },
      ...series.map((each, at) => ({
        type: 'value', gridIndex: at + 1, scale: each.kind !== 'bool', ...(each.kind === 'bool' ? { min: 0, max: 1, interval: 1 } : {}),
        name: each.unit ? `${each.name} (${each.unit})` : each.name, nameLocation: 'end', nameGap: 10,
        nameTextStyle: { color: paint.ink, align: 'left', fontSize: 12, fontWeight: 600, padding: [0, 0, 0, 8 - LEFT] },
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
        data: verdicts.map((verdict) => ({
          value: [verdict.at_ms, 0.5], id: verdict.id, symbol: PIN[verdict.outcome], symbolSize: verdict.id === chosen ? 20 : 14,
          itemStyle: { color: colours[verdict.outcome], borderColor: verdict.id === chosen ? paint.ink : paint.surface, borderWidth: 2 },
        })),
        tooltip: { trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => (verdicts[dataIndex] ? words.verdict(verdicts[dataIndex]) : '') },
      },
      ...series.map((each, at) => ({
        type: 'line', name: each.name, xAxisIndex: at + 1, yAxisIndex: at + 1, showSymbol: false, sampling: 'none', large: true, step: each.kind === 'real' ? false : 'end',
        lineStyle: { width: 1.2, color: paint.steel }, itemStyle: { color: paint.steel }, data: envelope(each.points),
        markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { type: 'solid', width: 1, opacity: 0.55 }, data: verdicts.map((verdict) => ({ xAxis: verdict.at_ms, lineStyle: { color: colours[verdict.outcome] } })) },
        ...(window ? { markArea: { silent: true, itemStyle: { color: paint.amber, opacity: 0.18 }, data: [[{ xAxis: window.from }, { xAxis: window.to }]] } } : {}),
      })),
    ],
  }
}
