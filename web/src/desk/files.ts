/** Text out of the browser: as a file, or on the clipboard. */

export function download(name: string, text: string, type: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** False when the browser refuses. A hall on plain HTTP has no `navigator.clipboard`; there an older way still works. */
export async function copied(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // the older way, below
  }
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  // Within an open dialog: its focus trap would take the focus back from anywhere else.
  const host = document.activeElement?.parentElement ?? document.body
  host.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } finally {
    field.remove()
  }
}
