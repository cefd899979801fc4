import { useEffect, useRef } from 'preact/hooks'
import { path } from '../router'
import { narrow } from './narrow'

/** Where a new screen replaces the old one, its heading takes the focus, so that a screen reader says where it is. */
export function useHeadingFocus(): void {
  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    const heading = document.querySelector<HTMLElement>('main h1, header h1')
    if (!narrow.peek() || !heading) return
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
  }, [path.value])
}
