/** First passwords: made here, by the machine's source of chance, and known to nobody before the paper is handed over. */

/** Nothing that a person could take for another character: no 0 and o, no 1, i and l. */
export const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 3
const GROUP = 4

/** Fills the bytes with chance; `crypto.getRandomValues` outside of tests. */
export type Chance = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

function letters(count: number, chance: Chance): string {
  // Bytes at and above the last whole multiple would make the first letters likelier than the others.
  const fair = 256 - (256 % ALPHABET.length)
  let found = ''
  while (found.length < count) {
    for (const byte of chance(new Uint8Array(count * 2))) {
      if (byte < fair && found.length < count) found += ALPHABET[byte % ALPHABET.length]
    }
  }
  return found
}

/** Twelve letters and digits in three groups (59 bits), such as `k7mq-w3xd-9rtp`, that don't hold the login. */
export function newPassword(login: string, chance: Chance = (bytes) => crypto.getRandomValues(bytes)): string {
  for (;;) {
    const all = letters(GROUPS * GROUP, chance)
    const password = Array.from({ length: GROUPS }, (_, at) => all.slice(at * GROUP, (at + 1) * GROUP)).join('-')
    const one = new Set(all).size === 1
    if (!one && !(login !== '' && password.includes(login.toLowerCase()))) return password
  }
}

export interface Judging {
  account: string
  name: string
  organisation_name: { zh: string; en: string }
  venue_name: { zh: string; en: string }
}
export interface Signing {
  id: string
  login: string
  has_password: boolean
  disabled_at?: string | null
}
export interface Paper {
  account: string
  login: string
  name: string
  organisation: { zh: string; en: string }
  venues: { zh: string; en: string }[]
  hasPassword: boolean
  closed: boolean
}

/** The judges of a contest, each account once, with what the accounts say of them; a judge of two venues stands here once. */
export function papersOf(judges: readonly Judging[], accounts: readonly Signing[]): Paper[] {
  const known = new Map(accounts.map((account) => [account.id, account]))
  const papers = new Map<string, Paper>()
  for (const judge of judges) {
    const account = known.get(judge.account)
    if (!account) continue
    const paper = papers.get(judge.account)
    if (paper) paper.venues.push(judge.venue_name)
    else papers.set(judge.account, { account: account.id, login: account.login, name: judge.name, organisation: judge.organisation_name, venues: [judge.venue_name], hasPassword: account.has_password, closed: Boolean(account.disabled_at) })
  }
  return [...papers.values()]
}
