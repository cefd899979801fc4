import { speakIn } from '../../words'
import { en } from '../../words/en'
import { es } from '../../words/es'

const KEPT_AS = 'causeway.language'

/** Speaks the language that was chosen here, else the browser's where it is one of ours, else English. */
export function speakChosen(): void {
  const wished = localStorage.getItem(KEPT_AS) ?? navigator.language
  if (wished.startsWith('es')) speakIn(wished.length > 2 ? wished : 'es-US', es)
  else speakIn(wished.startsWith('en-') ? wished : 'en-US', en)
}

/** There are two languages, so there is one other. */
export function speakOther(): void {
  const now = document.documentElement.lang.startsWith('es') ? 'en-US' : 'es-US'
  localStorage.setItem(KEPT_AS, now)
  speakChosen()
}
