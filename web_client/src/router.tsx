import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

/** Where this tab is. Paths alone; what follows `#` belongs to the page that reads it. */
export const path = signal(location.pathname)

addEventListener('popstate', () => {
  path.value = location.pathname
})

export function go(to: string, { replace = false } = {}): void {
  if (to === path.peek()) return
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  path.value = to
}

/** The pieces of a path: `/portals/1/shared` gives `['portals', '1', 'shared']`. */
export const pieces = (of: string): string[] => of.split('/').filter(Boolean)

interface LinkProps {
  to: string
  class?: string
  'aria-label'?: string
  'aria-current'?: 'page' | 'true' | undefined
  children: ComponentChildren
}

/** A link within the application; with a modifier key it is the browser's own. */
export function Link({ to, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  )
}
