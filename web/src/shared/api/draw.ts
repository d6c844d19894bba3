/** The draw of blind numbers, as the hall tells it. */
import { hall } from './http'
import type { Schemas } from './client'

export type UndoingRole = 'chief_judge' | 'supervisor'
export type Undoer = Omit<Schemas['Undoer'], 'role'> & { role: UndoingRole }
export type Lot = Schemas['Lot']
export type Draw = Omit<Schemas['DrawSeen'], 'undoing'> & { undoing: Undoer[] }

const at = (contest: string, rest = '') => `/api/contests/${encodeURIComponent(contest)}/draw${rest}`

export const drawOf = (contest: string, signal?: AbortSignal) => hall.get<Draw>(at(contest), signal)
export const commitDraw = (contest: string, reason: string | null, key: string) => hall.post<Draw>(at(contest, '/commitment'), { reason }, key)
/** `evenSo`: why lots are drawn although some teams are too small. */
export const drawLots = (contest: string, publicPart: string | null, evenSo: string | null, key: string) =>
  hall.post<Draw>(at(contest, '/lots'), { public_part: publicPart, even_so: evenSo !== null, reason: evenSo }, key)
export const undoDraw = (contest: string, role: UndoingRole, digest: string, key: string) => hall.post<Draw>(at(contest, '/undoing'), { role, digest }, key)
