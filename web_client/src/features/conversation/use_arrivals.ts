import { useRef } from 'preact/hooks'
import { announce } from '../../ui/announcer'
import { isAttentive } from './use_reading'

interface Item {
  id: string
}

/**
 * Where the "New" rule stands: at the first item that was new when the conversation was opened, or that came
 * while nobody looked. It stays there until the person leaves.
 */
export function useArrivals<T extends Item>(
  loaded: boolean,
  items: readonly T[],
  isNew: (item: T) => boolean,
  spoken?: (item: T) => string,
): string | null {
  const opened = useRef(false)
  const firstNew = useRef<string | null>(null)
  const last = useRef<string | null>(null)
  if (!loaded) return null
  const newest = items.at(-1)
  if (!opened.current) {
    opened.current = true
    firstNew.current = items.find(isNew)?.id ?? null
  } else if (newest && newest.id !== last.current && isNew(newest)) {
    if (!isAttentive()) firstNew.current ??= newest.id
    if (spoken) announce(spoken(newest))
  }
  last.current = newest?.id ?? null
  return firstNew.current
}
