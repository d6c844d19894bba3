/** What every list of the desk can do: search, filter, sort, page, export. Pure. */

export interface Column<Row> {
  key: string
  title: string
  /** The cell as text: what is searched, sorted and exported. */
  text: (row: Row) => string
  /** Sorts by this instead, where the text sorts badly. */
  rank?: (row: Row) => number | string
  /** Numbers stand to the right. */
  numeric?: boolean
  /** No search and no sort; nor is it exported. */
  bare?: boolean
  /** In the exported file only: neither drawn nor searched. */
  fileOnly?: boolean
  /** Searched besides the text. */
  also?: (row: Row) => string
  width?: string
}

export interface Wish {
  search: string
  sort: { key: string; down: boolean } | null
  page: number
  size: number
}

export interface Shown<Row> {
  rows: Row[]
  found: number
  /** The page that is really shown: never beyond the last. */
  page: number
  pages: number
}

export function matches<Row>(row: Row, columns: readonly Column<Row>[], search: string): boolean {
  const words = search.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const texts = columns.filter((column) => !column.bare && !column.fileOnly).map((column) => `${column.text(row)} ${column.also?.(row) ?? ''}`.toLowerCase())
  return words.every((word) => texts.some((text) => text.includes(word)))
}

export function arranged<Row>(rows: readonly Row[], columns: readonly Column<Row>[], wish: Pick<Wish, 'search' | 'sort'>, language: string): Row[] {
  const found = rows.filter((row) => matches(row, columns, wish.search))
  const column = wish.sort && columns.find((each) => each.key === wish.sort?.key)
  if (!column) return found
  const { compare } = new Intl.Collator(language, { numeric: true })
  const value = column.rank ?? column.text
  const sign = wish.sort?.down ? -1 : 1
  return found.sort((a, b) => {
    const [x, y] = [value(a), value(b)]
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : compare(String(x), String(y)))
  })
}

export function shown<Row>(rows: readonly Row[], columns: readonly Column<Row>[], wish: Wish, language: string): Shown<Row> {
  const all = arranged(rows, columns, wish, language)
  const pages = Math.max(1, Math.ceil(all.length / wish.size))
  const page = Math.min(Math.max(1, wish.page), pages)
  return { rows: all.slice((page - 1) * wish.size, page * wish.size), found: all.length, page, pages }
}

/** The columns that are exported, and each row's cells: for `saveCsv`. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[][] {
  const kept = columns.filter((column) => !column.bare)
  return [kept.map((column) => column.title), ...rows.map((row) => kept.map((column) => column.text(row)))]
}
