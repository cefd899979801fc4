import { computed, signal } from '@preact/signals'
import type { Unread } from '../protocol'

/** What this person has not read, by portal or thread. A badge is the length of a list, never a counter. */
export const unread = signal<ReadonlyMap<string, Unread>>(new Map())

export const totalUnread = computed(() =>
  [...unread.value.values()].reduce((sum, each) => sum + each.numbers.length, 0),
)

export function replaceUnread(given: readonly Unread[]): void {
  unread.value = new Map(given.map(each => [each.scope, each]))
}

export function unreadIn(scope: string): number {
  return unread.value.get(scope)?.numbers.length ?? 0
}

export function isUnread(scope: string, number: number): boolean {
  return unread.value.get(scope)?.numbers.includes(number) ?? false
}

export function readNumber(scope: string): number {
  return unread.value.get(scope)?.read_number ?? 0
}

export function addUnread(scope: string, number: number): void {
  change(scope, held =>
    number <= held.read_number || held.numbers.includes(number)
      ? held
      : { ...held, numbers: [...held.numbers, number] },
  )
}

export function removeUnread(scope: string, number: number): void {
  change(scope, held => ({ ...held, numbers: held.numbers.filter(each => each !== number) }))
}

/** Whether reading up to a number would read anything: what one wrote oneself needs no marker. */
export function wouldRead(scope: string, number: number): boolean {
  return unread.value.get(scope)?.numbers.some(each => each <= number) ?? false
}

/** The read marker only moves forward. */
export function markRead(scope: string, number: number): void {
  change(scope, held =>
    number <= held.read_number
      ? held
      : { ...held, read_number: number, numbers: held.numbers.filter(each => each > number) },
  )
}

export function forgetUnread(scope: string): void {
  const next = new Map(unread.peek())
  if (next.delete(scope)) unread.value = next
}

function change(scope: string, step: (held: Unread) => Unread): void {
  const held = unread.peek().get(scope) ?? { scope, read_number: 0, numbers: [] }
  const next = step(held)
  if (next !== held) unread.value = new Map(unread.peek()).set(scope, next)
}
