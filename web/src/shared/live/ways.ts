/**
 * The two ways to a public topic: the hall's live listener, an origin of its own that the page names in
 * `<meta name="guildhall-live" content="https://live.example:8443">`, and the main address. Staff's topics need a sign-in
 * and are on the main address alone.
 */
import type { Position } from './frames'

export interface Ways {
  /** The live listener's origin, or `null` without one. */
  readonly origin: string | null
  /** The live listener could not be reached; until then the main address serves. */
  avoidUntil: number
}

export interface Way {
  url: string
  how: RequestInit
  live: boolean
}

const PUBLIC = '/live/contests/'

/** A page that came by https may not read from plain http; the browser would refuse. */
export function usable(origin: string | null | undefined, pageProtocol: string): string | null {
  if (!origin || !/^https?:\/\/[^/?#\s]+$/.test(origin)) return null
  return pageProtocol === 'https:' && !origin.startsWith('https:') ? null : origin
}

export function pageOrigin(): string | null {
  if (typeof document === 'undefined') return null
  return usable(document.querySelector<HTMLMetaElement>('meta[name="guildhall-live"]')?.content, location.protocol)
}

/** How to ask for a topic now. Position travels in the address to another origin: a header of ours would cost a question before. */
export function onTheLine(path: string, at: Position | null, ways: Ways, now: number): Way {
  const accept = { accept: 'text/event-stream' }
  if (ways.origin !== null && path.startsWith(PUBLIC) && now >= ways.avoidUntil) {
    const cursor = at ? `${path.includes('?') ? '&' : '?'}last_event_id=${encodeURIComponent(at.id)}` : ''
    return { url: `${ways.origin}${path}${cursor}`, how: { headers: accept, credentials: 'omit' }, live: true }
  }
  const headers = at ? { ...accept, 'last-event-id': at.id } : accept
  return { url: path, how: { headers, credentials: 'same-origin' }, live: false }
}
