/** What a judge has begun to report about a run and not sent yet; kept on the tablet at once, as other drafts are. */

export interface ProblemDraft {
  text: string
  /** Empty for the whole run. */
  aspect: string
}

const UNDER = 'guildhall.judge.problem.'
const under = (slot: string) => `${UNDER}${slot}`

export function keptProblem(slot: string): ProblemDraft {
  try {
    const kept = JSON.parse(localStorage.getItem(under(slot)) ?? '{}') as Partial<ProblemDraft>
    return { text: typeof kept.text === 'string' ? kept.text : '', aspect: typeof kept.aspect === 'string' ? kept.aspect : '' }
  } catch {
    return { text: '', aspect: '' }
  }
}

export function keepProblem(slot: string, draft: ProblemDraft) {
  try {
    if (draft.text.trim() === '') localStorage.removeItem(under(slot))
    else localStorage.setItem(under(slot), JSON.stringify(draft))
  } catch {
    // full or forbidden: it lasts as long as the dialog
  }
}

/** How many reports this account has begun on this tablet and not sent. Their slots begin with it. */
export function begunProblems(account: string): number {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(under(`${account}|`))).length
  } catch {
    return 0
  }
}
