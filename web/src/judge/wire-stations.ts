/** Stations as the hall lists them, brought to what the screen needs: by blind number only. */

import { inLanguage, type Text } from '@shared/text'
import type { RunState } from './wire'

export interface StationCard {
  station: string
  venue: string | null
  run: string | null
  no: string | null
  module: string | null
  state: RunState
  elapsed_ms: number
  added_ms: number
}

interface RunLike {
  id?: string
  run?: string
  entry_no?: string
  no?: string
  module?: string | { code: string }
  state?: RunState
  elapsed_ms?: number
  added_ms?: number
}

export interface StationLike extends RunLike {
  station?: string
  name?: string | Text | null
  venue?: string | { id: string; name?: Text } | null
  run_id?: string
  current_run?: RunLike | null
}

export function stationCard(row: Omit<StationLike, 'run'> & { run?: RunLike | string | null }): StationCard {
  const run: RunLike | null =
    typeof row.run === 'object' && row.run !== null ? row.run : (row.current_run ?? (typeof row.run === 'string' ? { ...row, id: row.run, run: row.run } : null))
  const name = typeof row.name === 'string' ? row.name : row.name ? inLanguage(row.name, 'zh-CN') : null
  return {
    station: row.station ?? name ?? row.id ?? '',
    venue: typeof row.venue === 'object' && row.venue !== null ? row.venue.id : (row.venue ?? null),
    run: run?.id ?? run?.run ?? null,
    no: run?.entry_no ?? run?.no ?? null,
    module: typeof run?.module === 'object' ? run.module.code : (run?.module ?? null),
    state: run?.state ?? 'waiting',
    elapsed_ms: run?.elapsed_ms ?? 0,
    added_ms: run?.added_ms ?? 0,
  }
}
