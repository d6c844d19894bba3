/** The verbs that the desk has words for: the hall's own (`crates/xapi/src/verbs.rs`) and those that learning programs use most. Pure. */

const HALL = 'urn:x-guildhall:verb:'
const ADL = 'http://adlnet.gov/expapi/verbs/'
const W3ID = 'https://w3id.org/xapi/adl/verbs/'

export const HALL_VERBS = ['was-marked', 'was-corrected', 'was-judged', 'was-confirmed', 'was-rejected', 'was-taken-back', 'was-ranked', 'was-awarded', 'lost-award', 'showed-ability'].map((name) => HALL + name)

/** ADL's vocabulary, and what cmi5 adds to it. */
export const LEARNING_VERBS = [
  ...['initialized', 'launched', 'attempted', 'attended', 'experienced', 'interacted', 'progressed', 'answered', 'asked', 'commented', 'responded', 'scored', 'completed', 'passed', 'failed', 'mastered', 'suspended', 'resumed', 'exited', 'terminated', 'registered', 'shared', 'imported', 'preferred', 'voided'].map((name) => ADL + name),
  ...['satisfied', 'waived', 'abandoned', 'logged-in', 'logged-out'].map((name) => W3ID + name),
]

const KNOWN = new Set([...HALL_VERBS, ...LEARNING_VERBS])

/** The last part of an IRI: what stands for it where nobody gave it a name. */
export function tailOf(iri: string): string {
  const tail = iri.replace(/[/#]+$/, '').split(/[/#:]/).at(-1) ?? ''
  try {
    return decodeURIComponent(tail) || iri
  } catch {
    return tail || iri
  }
}

/** The key of our own words for a verb; null where we have none. */
export const verbKey = (iri: string): string | null => (KNOWN.has(iri) ? `archive.verb.${tailOf(iri)}` : null)

export const REFEREE_VERB = `${HALL}was-judged`
