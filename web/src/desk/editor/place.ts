/** Where a caret stands in a scheme's text: the path of keys above it, and whether a key or a value is being written. Pure. */

export interface Place {
  /** Keys from the root; `[]` is an element of a list. */
  path: string[]
  /** The keys that the map around the caret has already, where a key is being written. */
  key: boolean
  siblings: string[]
  /** What stands before the caret in the value, from its beginning. */
  before: string
}

interface Open {
  kind: '{' | '['
  key: string | null
  keys: string[]
  /** Where the present item begins. */
  from: number
}

const INDENT = /^[ ]*/
const KEY = /^([A-Za-z_][\w-]*):(?:\s|$)/
const width = (text: string) => INDENT.exec(text)?.[0].length ?? 0

/** A comment, and what it comments out, is no text; a `#` counts only at the beginning or after a blank, outside quotes. */
export function withoutComment(line: string): string {
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at] as string
    if (quote) quote = sign === quote ? '' : quote
    else if ((sign === '"' || sign === "'") && (at === 0 || /[\s{[,:]/.test(line[at - 1] as string))) quote = sign
    else if (sign === '#' && (at === 0 || /\s/.test(line[at - 1] as string))) return line.slice(0, at)
  }
  return line
}

/** The block keys above a line, by their indentation; a dash opens an element of a list. */
function above(lines: readonly string[], at: number, indent: number): string[] {
  const path: string[] = []
  let inner = indent
  for (let n = at - 1; n >= 0 && inner > 0; n -= 1) {
    const line = withoutComment(lines[n] as string)
    if (line.trim() === '') continue
    let [text, from] = [line.trimStart(), width(line)]
    let dash = -1
    while (text.startsWith('- ')) {
      dash = from
      const rest = text.slice(1).trimStart()
      from += text.length - rest.length
      text = rest
    }
    const key = KEY.exec(text)
    if (from < inner && key) {
      path.unshift(key[1] as string)
      inner = from
    }
    if (dash >= 0 && dash < inner) {
      path.unshift('[]')
      inner = dash
      // The key of a list may stand as far to the right as its dashes.
      for (let up = n - 1; up >= 0; up -= 1) {
        const one = withoutComment(lines[up] as string)
        if (one.trim() === '' || width(one) > dash || one.trimStart().startsWith('- ')) continue
        if (width(one) === dash) {
          const named = KEY.exec(one.trimStart())
          if (named) path.unshift(named[1] as string)
        }
        break
      }
    }
  }
  return path
}

/** Keys of the block map that the line at `at` belongs to, without its own. `first`: it begins behind a dash. */
function siblingsOf(lines: readonly string[], at: number, indent: number, first: boolean): string[] {
  const found: string[] = []
  const look = (n: number): boolean => {
    const line = withoutComment(lines[n] as string)
    if (line.trim() === '') return true
    const dashed = /^( *)((?:- +)+)/.exec(line)
    const from = dashed ? dashed[0].length : width(line)
    if (from < indent || (dashed && (dashed[1] as string).length < indent && from > indent)) return false
    if (from === indent) {
      const key = KEY.exec(line.slice(from))
      if (key) found.push(key[1] as string)
    }
    return true
  }
  for (let n = first ? -1 : at - 1; n >= 0; n -= 1) {
    if (!look(n)) break
    if (/^ *- /.test(lines[n] as string) && width(lines[n] as string) < indent) break
  }
  for (let n = at + 1; n < lines.length; n += 1) {
    if (/^ *- /.test(lines[n] as string) && width(lines[n] as string) < indent) break
    if (!look(n)) break
  }
  return found
}

/** The place of an index. Null inside a comment. */
export function placeOf(text: string, index: number): Place | null {
  const lines = text.split('\n')
  const head = text.slice(0, index)
  const at = head.split('\n').length - 1
  const typed = head.slice(head.lastIndexOf('\n') + 1)
  if (withoutComment(typed) !== typed) return null
  const line = lines[at] as string
  const dashes = /^( *)((?:- +)*)/.exec(typed) as RegExpExecArray
  const dashed = (dashes[2] as string).length > 0
  const start = dashes[0].length
  const path = above(lines, at, dashed ? (dashes[1] as string).length : start)
  if (dashed) {
    // A list at the same distance as its key.
    if (path.length === 0 || (dashes[1] as string).length === 0) path.push(...keyOfList(lines, at, (dashes[1] as string).length, path))
    path.push('[]')
  }
  const rest = typed.slice(start)
  const key = KEY.exec(rest)
  if (!key && !/^[{[]/.test(rest)) {
    return { path, key: !/[:'"]/.test(rest), siblings: siblingsOf(lines, at, dashed ? start : width(line), dashed), before: rest }
  }
  if (key) path.push(key[1] as string)
  const value = rest.slice(key ? key[0].length : 0)
  return withinFlow(path, key ? value.trimStart() : rest)
}

function keyOfList(lines: readonly string[], at: number, indent: number, path: string[]): string[] {
  for (let n = at - 1; n >= 0; n -= 1) {
    const line = withoutComment(lines[n] as string)
    if (line.trim() === '' || width(line) > indent || line.trimStart().startsWith('- ')) continue
    const key = width(line) === indent ? KEY.exec(line.trimStart()) : null
    return key && path.at(-1) !== key[1] ? [key[1] as string] : []
  }
  return []
}

/** `{a: {b: [x, y` → a, b, []. */
function withinFlow(path: string[], value: string): Place {
  const open: Open[] = []
  let quote = ''
  for (let at = 0; at < value.length; at += 1) {
    const sign = value[at] as string
    const top = open.at(-1)
    if (quote) {
      if (sign === quote) quote = ''
      continue
    }
    const fresh = value.slice(top?.from ?? 0, at).trim() === ''
    if ((sign === '"' || sign === "'") && fresh) quote = sign
    else if ((sign === '{' || sign === '[') && fresh) open.push({ kind: sign, key: null, keys: [], from: at + 1 })
    else if ((sign === '}' || sign === ']') && top) open.pop()
    else if (sign === ',' && top) {
      top.key = null
      top.from = at + 1
    } else if (sign === ':' && top?.kind === '{' && top.key === null && /[\s,}]|^$/.test(value[at + 1] ?? '')) {
      top.key = value.slice(top.from, at).trim()
      top.keys.push(top.key)
      top.from = at + 1
    }
  }
  const full = [...path]
  for (const each of open) {
    if (each.kind === '[') full.push('[]')
    else if (each.key !== null) full.push(each.key)
  }
  const top = open.at(-1)
  const key = top?.kind === '{' && top.key === null && quote === ''
  return { path: full, key, siblings: key ? top.keys : [], before: value.slice(top?.from ?? 0).trimStart() }
}
