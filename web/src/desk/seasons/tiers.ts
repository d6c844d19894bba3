/** What is looked for in a season, and what of each tier is shown of it. Pure. */
import type { Trades } from '@shared/calendar/calendar'
import type { Language } from '@shared/text'
import type { Column } from '../list/list'
import type { SeasonContest, SeasonShown } from './seasons'

export interface Wish {
  q: string
  tier: string
  trade: string
  state: string
  /** The key of a column; empty for the order of the season, which is that in which contests begin. */
  sort: string
}
export const NOTHING: Wish = { q: '', tier: '', trade: '', state: '', sort: '' }
export const SORTS = ['name', 'entries'] as const

/** Whether it says what is to be found; an order alone doesn't. */
export const narrows = ({ q, tier, trade, state }: Wish) => [q.trim(), tier, trade, state].some((each) => each !== '')

/** A contest as the desk's lists take it: what is searched, sorted and exported. */
export function columnsOf(season: SeasonShown, trades: Trades | null, language: Language, titles: (key: string) => string): Column<SeasonContest>[] {
  const text = (of: { zh: string; en: string } | null | undefined) => (of ? (language === 'en' ? of.en || of.zh : of.zh || of.en) : '')
  const tierOf = (contest: SeasonContest) => season.tiers.find((tier) => tier.contests.includes(contest))
  const both = (of: { zh: string; en: string } | null | undefined) => (of ? `${of.zh} ${of.en}` : '')
  const traded = (contest: SeasonContest, spoken: Language) => contest.trades.map((code) => trades?.name(code, spoken) ?? code)
  return [
    { key: 'tier', title: titles('season.tier'), text: (contest) => text(tierOf(contest)?.name), fileOnly: true },
    { key: 'name', title: titles('season.contest'), text: (contest) => text(contest.name), also: (contest) => both(contest.name) },
    { key: 'state', title: titles('desk.stateTitle'), text: (contest) => titles(`contestState.${contest.state}`), fileOnly: true },
    { key: 'starts', title: titles('desk.starts'), text: (contest) => contest.starts_at, fileOnly: true },
    { key: 'entries', title: titles('desk.entries'), text: (contest) => String(contest.entries), rank: (contest) => -contest.entries, fileOnly: true },
    { key: 'trades', title: titles('season.trades'), text: (contest) => traded(contest, language).join(' / '), also: (contest) => [...traded(contest, 'zh-CN'), ...traded(contest, 'en')].join(' ') },
    { key: 'host', title: titles('season.host'), text: (contest) => text(contest.host), also: (contest) => both(contest.host) },
    { key: 'advanced', title: titles('season.advancement'), text: (contest) => String(contest.advanced), fileOnly: true },
  ]
}

/** The contests of a tier that a wish leaves; words are looked for by the list. */
export const left = (contests: readonly SeasonContest[], wish: Wish) =>
  contests.filter((contest) => (!wish.state || contest.state === wish.state) && (!wish.trade || contest.trades.includes(wish.trade)))

/** The trades that stand in the season, each once. */
export const tradesIn = (season: SeasonShown) => [...new Set(season.tiers.flatMap((tier) => tier.contests).flatMap((contest) => contest.trades))]
