import { signal } from '@preact/signals'
import { en, type Words } from './en'

/** The language of dates, numbers and lists, as a BCP 47 tag. */
export const language = signal('en-US')

/** What both applications say. The firm's own words stand in `firm.ts`. */
export const words = signal<Words>(en)

export function speakIn(tag: string, table: Words): void {
  language.value = tag
  words.value = table
  document.documentElement.lang = tag
}

const NAMES_SAID = 4

/** Names as `listOf` joins them, of many only the first and how many more there are; `also` always ends it. */
export function fewOf(names: readonly string[], ...also: string[]): string {
  if (names.length <= NAMES_SAID) return listOf([...names, ...also])
  const said = names.slice(0, NAMES_SAID - 2)
  return listOf([...said, words.value.others(names.length - said.length), ...also])
}

/** "Ana, Marco and Tom", as the language joins it. */
export const listOf = (names: readonly string[]): string =>
  new Intl.ListFormat(language.value, { style: 'long', type: 'conjunction' }).format(names)
