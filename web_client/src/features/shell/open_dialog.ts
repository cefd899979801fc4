import { signal } from '@preact/signals'

/** The dialogs that any screen may open. A screen's own dialogs are its own business. */
export type DialogName = 'new' | 'palette' | 'keys' | 'sessions'

export const opened = signal<DialogName | null>(null)

export const openDialog = (name: DialogName): void => {
  opened.value = name
}

export const closeDialog = (): void => {
  opened.value = null
}
