/** Who has a run's undecided verdicts on his sheet, as far as the control room knows. Pure. */

import type { JudgePresence } from '@shared/live/wire'
import type { JudgeRow } from '../wire'
import type { RunRow } from './room'

export interface Whose {
  /** Judges of whom the hall says that they owe marks of this run: they are on its panel. */
  owing: string[]
  /** The other judges of the run's venue and module: who else sits on its panel is among them. */
  among: string[]
  /** This account marks there: its sheet can be opened from here. */
  mine: boolean
}

/** `listed`: the contest's judges with their modules, for who may read them; otherwise the room knows no judge's modules and names nobody by guess. */
export function whoHas(row: RunRow | undefined, account: string | undefined, judges: readonly [string, JudgePresence][], listed: readonly JudgeRow[] | null): Whose {
  if (!row) return { owing: [], among: [], mine: false }
  const owing = (row.sheet?.missing ?? []).map(({ judge }) => judge)
  const modulesOf = new Map(listed?.map((judge) => [judge.account, judge.modules]))
  const marks = (id: string) => modulesOf.get(id)?.length === 0 || (modulesOf.get(id)?.includes(row.module) ?? false)
  const here = judges.filter(([, judge]) => row.venue != null && judge.venue === row.venue && !judge.excused)
  const own = here.find(([id]) => id === account)
  return {
    owing,
    among: here.filter(([id, judge]) => marks(id) && !owing.includes(judge.name)).map(([, judge]) => judge.name),
    mine: own !== undefined && (owing.includes(own[1].name) || (listed === null ? true : marks(own[0]))),
  }
}

/** The tablet's sheet of a run. */
export const sheetAddress = (contest: string, run: string) => `/judge/contests/${encodeURIComponent(contest)}/runs/${encodeURIComponent(run)}`
