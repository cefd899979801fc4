import { signal } from '@preact/signals'
import type { Signal } from '../protocol'

interface Typist {
  scope: string
  /** Null where this person must not know who: a client is told only that the legal team types. */
  actor: string | null
  until: number
}

/** Who types where, at this moment. Nothing of it is stored anywhere. */
export const typists = signal<readonly Typist[]>([])

export function heardSignal({ kind, scope, actor, ttl_ms }: Signal): void {
  if (kind !== 'typing') return
  stopTyping(scope, actor ?? null)
  if (ttl_ms === 0) return
  const typist = { scope, actor: actor ?? null, until: Date.now() + ttl_ms }
  typists.value = [...typists.peek(), typist]
  setTimeout(() => {
    typists.value = typists.peek().filter(each => each !== typist)
  }, ttl_ms)
}

/** Somebody whose message has arrived has stopped writing it; an unnamed typist may have been that person. */
export function stopTyping(scope: string, actor: string | null): void {
  typists.value = typists
    .peek()
    .filter(each => each.scope !== scope || (each.actor !== null && each.actor !== actor))
}
