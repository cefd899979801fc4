import { signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'
const KEPT_AS = 'causeway.theme'

export const theme = signal<Theme>(kept())

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(KEPT_AS, chosen)
  theme.value = chosen
  showTheme()
}

export function showTheme(): void {
  if (theme.peek() === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme.peek()
}

function kept(): Theme {
  const stored = localStorage.getItem(KEPT_AS)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}
