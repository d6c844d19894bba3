/** Which part of a list a screen shows that nobody touches: pages of `size`, each for `holdMs`, round and round. */
export interface Page {
  index: number
  pages: number
  from: number
  to: number
  /** How much of this page's time has passed, 0 to 1. */
  passed: number
}

export function pageAt(now: number, startedAt: number, holdMs: number, items: number, size: number): Page {
  const pages = Math.max(1, Math.ceil(items / size))
  const turn = Math.max(0, now - startedAt) / holdMs
  const index = Math.floor(turn) % pages
  return { index, pages, from: index * size, to: Math.min(items, (index + 1) * size), passed: turn - Math.floor(turn) }
}
