/** Names of what a scheme declares, as a table of them changes them: a name that can't be taken is said at its field, and the text keeps the one before. */
import { computed, ref } from 'vue'
import { useLanguage } from '@shared/i18n'
import type { SchemeFault } from '../making/draft'
import { useForm } from './form'
import { namesOf, renameDeclared, type Declared } from './signals'

export function useNames(of: Declared) {
  const { t } = useLanguage()
  const { text, doc, put } = useForm()
  const names = computed(() => namesOf(doc.value, of))
  const refused = ref<{ name: string; why: 'rule.nameTaken' | 'rule.nameWrong' } | null>(null)
  return {
    names,
    /** Once it is whole: half a name may be that of another one. */
    rename(name: string, to: string, typed: boolean) {
      if (typed) return
      const next = renameDeclared(text.value, of, name, to)
      refused.value = next === text.value ? { name, why: names.value.includes(to) ? 'rule.nameTaken' : 'rule.nameWrong' } : null
      put(next, typed)
    },
    refusedAt(name: string): SchemeFault | undefined {
      if (refused.value?.name !== name) return undefined
      const said = t(refused.value.why)
      return { severity: 'error', path: `${of}.${name}`, line: 1, column: 1, detail: { zh: said, en: said }, advice: { zh: '', en: '' }, suggestion: null }
    },
  }
}
