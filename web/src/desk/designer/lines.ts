/** Two texts line by line: what went, what came, and what is around it. Pure. */

export type LineKind = 'same' | 'gone' | 'new' | 'skipped'
export interface Line {
  kind: LineKind
  text: string
  /** From 1, in each of the texts where it stands there. */
  before: number | null
  after: number | null
  /** Of `skipped`: so many equal lines are left out. */
  count?: number
}

/** Longest common subsequence between what is different in the middle; a scheme has some hundred lines. */
function script(one: readonly string[], other: readonly string[]): Line[] {
  let head = 0
  while (head < one.length && head < other.length && one[head] === other[head]) head += 1
  let tail = 0
  while (tail < one.length - head && tail < other.length - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1
  const [a, b] = [one.slice(head, one.length - tail), other.slice(head, other.length - tail)]
  const width = b.length + 1
  const longest = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = a[i] === b[j] ? (longest[(i + 1) * width + j + 1] as number) + 1 : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number)
    }
  }
  const lines: Line[] = []
  const same = (at: number, there: number) => lines.push({ kind: 'same', text: one[at] as string, before: at + 1, after: there + 1 })
  for (let at = 0; at < head; at += 1) same(at, at)
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      same(head + i, head + j)
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && (longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number))) {
      lines.push({ kind: 'gone', text: a[i] as string, before: head + i + 1, after: null })
      i += 1
    } else {
      lines.push({ kind: 'new', text: b[j] as string, before: null, after: head + j + 1 })
      j += 1
    }
  }
  for (let at = 0; at < tail; at += 1) same(one.length - tail + at, other.length - tail + at)
  return lines
}

/** With `around` equal lines before and after each difference. */
export function linesOf(before: string, after: string, around = 3): Line[] {
  if (before === after) return []
  const all = script(before.split('\n'), after.split('\n'))
  const near = all.map((_, at) => all.slice(Math.max(0, at - around), at + around + 1).some((line) => line.kind !== 'same'))
  const shown: Line[] = []
  for (const [at, line] of all.entries()) {
    const last = shown.at(-1)
    if (near[at]) shown.push(line)
    else if (last?.kind === 'skipped') last.count = (last.count ?? 0) + 1
    else shown.push({ kind: 'skipped', text: '', before: null, after: null, count: 1 })
  }
  return shown
}
