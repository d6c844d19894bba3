/** Roles and how far each may reach, as the hall takes them. Pure. */

import type { Schemas } from '@shared/api/client'

export const ROLES = ['chief_judge', 'judge', 'supervisor', 'arbitrator', 'venue_operator', 'organiser', 'competitor', 'staff', 'administrator'] as const
export const REACHES = ['contest', 'venue', 'organisation', 'hall'] as const
export type Reach = (typeof REACHES)[number]

/** What means something for a role, the usual one first. Roles of contests are held at no organisation. */
export function reachesOf(role: string): Reach[] {
  switch (role) {
    case 'chief_judge':
    case 'supervisor':
    case 'arbitrator':
    case 'competitor':
      return ['contest', 'hall']
    case 'judge':
    case 'venue_operator':
      return ['venue', 'contest', 'hall']
    case 'organiser':
      return ['contest', 'hall', 'organisation']
    case 'staff':
      return ['organisation', 'hall', 'contest']
    case 'administrator':
      return ['organisation', 'contest', 'hall']
    default:
      return []
  }
}

export function scopeOf(reach: Reach, named: { contest: string; venue: string; organisation: string }): Schemas['Scope'] {
  switch (reach) {
    case 'hall':
      return { kind: 'hall' }
    case 'contest':
      return { kind: 'contest', contest: named.contest }
    case 'venue':
      return { kind: 'venue', contest: named.contest, venue: named.venue }
    case 'organisation':
      return { kind: 'organisation', organisation: named.organisation }
  }
}

/** A scope as it stands in an address: `venue/con_1/ven_2`. */
export function scopeText(scope: Schemas['Scope']): string {
  switch (scope.kind) {
    case 'hall':
      return 'hall'
    case 'contest':
      return `contest/${scope.contest}`
    case 'venue':
      return `venue/${scope.contest}/${scope.venue}`
    case 'organisation':
      return `organisation/${scope.organisation}`
  }
}

/** Whether a role works in a contest or at one of its venues. */
export const reachesInto = (scope: Schemas['Scope'], contest: string) => (scope.kind === 'contest' || scope.kind === 'venue') && scope.contest === contest
