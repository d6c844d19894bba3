/**
 * Keys for one wish that may need several attempts. The same content goes with the same key, however often it is sent and
 * whatever was tried in between: a press whose answer was lost, and the next one, are done once.
 */
import { newKey } from './http'

export class Attempts {
  readonly #keys = new Map<string, string>()

  keyFor(content: unknown): string {
    const name = JSON.stringify(content) ?? ''
    let key = this.#keys.get(name)
    if (key === undefined) this.#keys.set(name, (key = newKey()))
    return key
  }
}
