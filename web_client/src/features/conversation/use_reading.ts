import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * Watches what is really read: on a visible, focused screen for `dwell_ms`. Elements carry `data-number`.
 */
export function useReading(
  box: RefObject<HTMLElement | null>,
  dwell_ms: number,
  onRead: (number: number) => void,
): void {
  const tell = useRef(onRead)
  tell.current = onRead
  const looking = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const look = useRef(() => {})
  look.current = () => {
    const seen = lowestOnScreen(box.current)
    if (looking.current !== undefined || !isAttentive() || seen === 0) return
    looking.current = setTimeout(() => {
      looking.current = undefined
      if (!isAttentive()) return
      const stillSeen = lowestOnScreen(box.current)
      tell.current(Math.min(seen, stillSeen))
      if (stillSeen > seen) look.current()
    }, dwell_ms)
  }
  useEffect(() => look.current())
  useEffect(() => {
    const node = box.current
    const onLook = () => look.current()
    node?.addEventListener('scroll', onLook, { passive: true })
    addEventListener('focus', onLook)
    document.addEventListener('visibilitychange', onLook)
    return () => {
      clearTimeout(looking.current)
      looking.current = undefined
      node?.removeEventListener('scroll', onLook)
      removeEventListener('focus', onLook)
      document.removeEventListener('visibilitychange', onLook)
    }
  }, [box])
}

export const isAttentive = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

/** The highest number whose element begins above the lower edge of the box; 0 where none does. */
function lowestOnScreen(box: HTMLElement | null): number {
  if (!box) return 0
  const edge = box.getBoundingClientRect().bottom
  const items = [...box.querySelectorAll<HTMLElement>('[data-number]')]
  const lowest = items.findLast(item => item.getBoundingClientRect().top < edge - 8)
  return Number(lowest?.dataset.number ?? 0)
}
