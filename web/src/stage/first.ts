/**
 * The board before its program. On a phone the program takes longer than the board itself: so this page of code, which stands alone and
 * imports nothing that would have to be fetched, asks for the board at once, shows its first rows as they are, and hands the answer on to
 * the program, which takes their place.
 *
 * Only for the board as everybody sees it first: a search, a group or another order waits for the program.
 */
import type { EntryHead, Head, RankRow } from '@shared/live/wire'

/** What the program takes over; see `live/connection.ts`. */
export interface First {
  address: string
  answer: Promise<{ headers: Headers; body: unknown } | null>
  /** The first rows have been painted, or there are none: now the program may take its time. */
  painted: Promise<void>
}

type Words = { zh: string; en: string }
interface Board {
  set?: Record<string, unknown>
}
export interface FirstRow {
  rank: string
  name: string
  total: string
}

const ROWS_MOST = 16

/** Pages that stand where the id of a contest would: see `router.ts`. */
const OWN_PAGES: ReadonlySet<string> = new Set(['calendar', 'me', 'portraits'])

/** The contest whose board an address names, if it is the board as it is. */
export function boardOf(path: string, search: string): string | null {
  const [, contest] = /^\/stage\/([a-z0-9_-]{1,64})\/?$/.exec(path) ?? []
  const chosen = ['q', 'group', 'venue', 'sort'].some((key) => new URLSearchParams(search).get(key))
  return contest === undefined || OWN_PAGES.has(contest) || chosen ? null : contest
}

/** As i18n.ts chooses it. */
export function isEnglish(search: string, kept: string | null, browser: readonly string[]): boolean {
  const asked = new URLSearchParams(search).get('lang') ?? kept
  if (asked?.startsWith('zh') || asked?.startsWith('en')) return asked.startsWith('en')
  return browser.length > 0 && !browser.some((each) => each.startsWith('zh'))
}

const said = (words: Words | string | null | undefined, english: boolean) => (!words ? '' : typeof words === 'string' ? words : english ? words.en || words.zh : words.zh || words.en)
const marks = (hundredths: number) => `${hundredths < 0 ? '−' : ''}${Math.trunc(Math.abs(hundredths) / 100)}.${String(Math.abs(hundredths) % 100).padStart(2, '0')}`

/** The best of those who have a rank. Equals stand in the order of their names, as on the board. */
export function firstRows(board: Board, english: boolean): { title: string; rows: FirstRow[] } {
  const set = board.set ?? {}
  const ranked = Object.entries(set).filter((each): each is [string, RankRow] => each[0].startsWith('r/') && Array.isArray(each[1]) && typeof each[1][0] === 'number')
  const named = ranked.map(([key, row]) => {
    const entry = set[`e/${key.slice(2)}`] as EntryHead | undefined
    const no = entry?.no ?? ''
    return { rank: row[0] ?? 0, total: marks(row[2]), no, name: said(entry?.name, english) || (no && (english ? `No. ${no}` : `${no} 号`)) }
  })
  named.sort((a, b) => a.rank - b.rank || a.no.localeCompare(b.no, 'en', { numeric: true }) || a.name.localeCompare(b.name, 'zh-CN'))
  return { title: said((set['h'] as Head | undefined)?.name, english), rows: named.slice(0, ROWS_MOST).map(({ rank, name, total }) => ({ rank: String(rank), name, total })) }
}

function element(tag: string, text: string, kind?: string): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = text
  if (kind) made.className = kind
  return made
}

function show({ title, rows }: { title: string; rows: FirstRow[] }, english: boolean) {
  const page = document.querySelector('.before-app')
  const [list, name, state] = [page?.querySelector('ol'), page?.querySelector('strong'), page?.querySelector('small')]
  // The program was faster.
  if (!list || !name || !state) return
  name.textContent = title || name.textContent
  state.textContent = english ? 'Connecting' : '正在连接'
  list.replaceChildren(
    ...rows.map((row) => {
      const line = document.createElement('li')
      line.dataset['first'] = row.rank
      line.append(element('b', row.rank), element('b', row.name, 'who'), element('b', row.total))
      return line
    }),
  )
}

/** When what has been written has been handed over to the screen. A page that nobody sees has no frames. */
const nextFrame = () =>
  new Promise<void>((done) => {
    if (document.visibilityState === 'hidden') return done()
    requestAnimationFrame(() => setTimeout(done))
  })

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

export function begin() {
  const theme = new URLSearchParams(location.search).get('theme') ?? kept('guildhall.theme.stage')
  if (theme === 'light') document.documentElement.dataset['theme'] = 'light'
  const contest = boardOf(location.pathname, location.search)
  if (contest === null) return
  const english = isEnglish(location.search, kept('guildhall.language'), navigator.languages)
  const address = `/api/contests/${contest}/views/overall`
  const answer = fetch(address)
    .then(async (response) => (response.ok ? { headers: response.headers, body: (await response.json()) as unknown } : null))
    .catch(() => null)
  const painted = answer.then((found) => {
    if (found === null) return
    show(firstRows(found.body as Board, english), english)
    return nextFrame()
  })
  ;(window as { guildhallFirst?: First }).guildhallFirst = { address, answer, painted }
}
