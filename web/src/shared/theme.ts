/** Light, dark, and the stage's own dark. The choice is kept on the device, apart for the stage, which starts dark. */
import { ref } from 'vue'

export type Theme = 'light' | 'dark'

const onStage = () => document.documentElement.dataset['entry'] === 'stage'
const keptUnder = () => (onStage() ? 'guildhall.theme.stage' : 'guildhall.theme')

const current = ref<Theme>('light')
const large = ref(false)

function keep(name: string, value: string) {
  try {
    localStorage.setItem(name, value)
  } catch {
    // without storage the choice lasts as long as the page
  }
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

function show() {
  const dark = onStage() ? 'stage' : 'dark'
  document.documentElement.dataset['theme'] = current.value === 'dark' ? dark : 'light'
  document.documentElement.dataset['largeText'] = String(large.value)
}

/** Call before mounting, so that the first paint already has the right colours. */
export function startTheme(entry: 'portal' | 'stage' | 'judge' | 'desk') {
  document.documentElement.dataset['entry'] = entry
  const asked = new URLSearchParams(location.search).get('theme') ?? kept(keptUnder())
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  current.value = asked === 'light' || asked === 'dark' ? asked : entry === 'stage' ? 'dark' : system
  large.value = kept('guildhall.large-text') === 'true'
  show()
}

export function useTheme() {
  const setTheme = (theme: Theme) => {
    current.value = theme
    keep(keptUnder(), theme)
    show()
  }
  const setLargeText = (on: boolean) => {
    large.value = on
    keep('guildhall.large-text', String(on))
    show()
  }
  return { theme: current, largeText: large, setTheme, setLargeText }
}
