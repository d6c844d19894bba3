/** What the window is called: the page, then the place. A tab strip, a history and a screen reader tell pages apart by it. */
import { watchEffect } from 'vue'
import { useLanguage } from './i18n'

export function useTitle(parts: () => readonly (string | null | undefined)[]) {
  const { t } = useLanguage()
  watchEffect(() => {
    document.title = [...parts(), t('app.both')].filter(Boolean).join(' · ')
  })
}
