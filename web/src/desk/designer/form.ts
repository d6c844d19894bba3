/** What every form of the designer needs of the board that it stands on. */
import { inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { Document } from 'yaml'
import type { SchemeFault } from '../making/draft'
import { pathText, type Edited, type Path } from './document'

export interface Form {
  text: ComputedRef<string>
  doc: ComputedRef<Document>
  faults: ComputedRef<readonly SchemeFault[]>
  /** The text is this one from here on. `typed`: letter by letter. */
  put: (text: string, typed?: boolean) => void
  /** What was added is chosen, and its form entered. */
  begin: (added: Edited) => void
  /** To the form of what stands at a place, and to the place in the text. */
  go: (path: Path) => void
  read: (path: Path) => void
  readonly: ComputedRef<boolean>
}
const KEY: InjectionKey<Form> = Symbol('the form of a node')

export const provideForm = (form: Form) => provide(KEY, form)
export function useForm() {
  const form = inject(KEY) as Form
  return {
    ...form,
    /** The first fault at a place, or below it. */
    faultAt(path: Path): SchemeFault | undefined {
      const place = pathText(path)
      const there = form.faults.value.filter((fault) => fault.path === place || fault.path.startsWith(`${place}.`) || fault.path.startsWith(`${place}[`))
      return there.find((fault) => fault.severity === 'error') ?? there[0]
    },
    /** The first fault at a place itself. */
    faultOf: (path: Path): SchemeFault | undefined => form.faults.value.find((fault) => fault.path === pathText(path)),
  }
}
