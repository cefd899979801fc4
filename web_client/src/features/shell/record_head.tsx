import type { ComponentChildren } from 'preact'
import { PaneHead } from './pane_head'

interface RecordHeadProps {
  name: string
  under?: string
  serif?: boolean
  back: string
  face?: ComponentChildren
  children?: ComponentChildren
}

/** The head of one record; its name is never cut. */
export function RecordHead({ children, ...head }: RecordHeadProps) {
  return (
    <PaneHead class="record-head" {...head}>
      {children && <div class="acts">{children}</div>}
    </PaneHead>
  )
}
