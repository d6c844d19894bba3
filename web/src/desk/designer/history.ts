/** A text with what it was before: typing that follows itself closely is one step. Pure but for the clock that is handed in. */

const TOGETHER_MS = 800
const STEPS_MOST = 200

export interface Step {
  text: string
  /** What is looked at in it. */
  at: string
}
export class History {
  #past: Step[] = []
  #future: Step[] = []
  #typedAt = -Infinity
  constructor(
    private now: Step,
    private readonly clock: () => number = () => Date.now(),
  ) {}

  get current() {
    return this.now
  }
  get canUndo() {
    return this.#past.length > 0
  }
  get canRedo() {
    return this.#future.length > 0
  }

  /** `typed`: letter by letter; a pause begins a new step. */
  push(next: Step, typed = false) {
    if (next.text === this.now.text) return
    const at = this.clock()
    const goesOn = typed && at - this.#typedAt < TOGETHER_MS
    this.#typedAt = typed ? at : -Infinity
    if (!goesOn) {
      this.#past.push(this.now)
      if (this.#past.length > STEPS_MOST) this.#past.shift()
    }
    this.#future = []
    this.now = next
  }
  undo(): Step {
    const before = this.#past.pop()
    if (before) {
      this.#future.push(this.now)
      this.now = before
    }
    this.#typedAt = -Infinity
    return this.now
  }
  redo(): Step {
    const after = this.#future.pop()
    if (after) {
      this.#past.push(this.now)
      this.now = after
    }
    this.#typedAt = -Infinity
    return this.now
  }
}
