/** What leaves the browser as a file: tables for a spreadsheet, settings. */

/** A spreadsheet runs a cell that begins like a formula; a quote in front keeps it text. A number is no formula. */
function cell(value: string | number): string {
  const text = String(value)
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^[-+]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** With a byte-order mark, because Excel takes Chinese for Latin without one. */
export function csvOf(lines: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`
}

/** Out of the browser, as a file. */
export function saveFile(name: string, content: Blob) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
export const download = (name: string, text: string, type: string) => saveFile(name, new Blob([text], { type: `${type};charset=utf-8` }))

export const saveCsv = (name: string, lines: readonly (readonly (string | number)[])[]) => download(`${name}.csv`, csvOf(lines), 'text/csv')
