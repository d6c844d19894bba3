/** Text out of the browser, on the clipboard. */

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
