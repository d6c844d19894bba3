/** A text that was changed and not yet published, kept on the device by account and contest. */

export interface Kept {
  text: string
  /** The rules that it began from. */
  base: string
}

export function keptFrom(stored: string | null): Kept | null {
  try {
    const found = JSON.parse(stored ?? 'null') as Partial<Kept> | null
    return typeof found?.text === 'string' && typeof found.base === 'string' && found.text.trim() !== '' ? { text: found.text, base: found.base } : null
  } catch {
    return null
  }
}

/** A private window may refuse storage; then the text lives as long as the page. */
export function keeper(name: string) {
  return {
    read(): Kept | null {
      try {
        return keptFrom(localStorage.getItem(name))
      } catch {
        return null
      }
    },
    write(kept: Kept | null) {
      try {
        if (kept === null) localStorage.removeItem(name)
        else localStorage.setItem(name, JSON.stringify(kept))
      } catch {
        // see above
      }
    },
  }
}
