import type { ComponentChildren } from 'preact'
import { Link } from '../../router'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

interface PaneHeadProps {
  name: string
  /** Cases stand in serif italic, people and places do not. */
  serif?: boolean
  under?: ComponentChildren
  /** Where the arrow leads that a narrow screen shows. */
  back: string
  backTo?: string
  face?: ComponentChildren
  children?: ComponentChildren
  /** What stands below the title: tabs, for example. */
  below?: ComponentChildren
  class?: string
}

/** The head of a pane: the way back, the name, a line beneath it, and what can be done here. */
export function PaneHead(props: PaneHeadProps) {
  return (
    <header class={`pane-head${props.class ? ` ${props.class}` : ''}`}>
      <div class="pane-title">
        <Link to={props.back} class="icon-button back" aria-label={props.backTo ?? words.value.back}>
          <Icon name="left" />
        </Link>
        {props.face}
        <div class="names">
          <h1 id="pane-title" class={props.serif ? 'caption' : 'person-title'}>
            {props.name}
          </h1>
          {props.under && <p class="under">{props.under}</p>}
        </div>
        {props.children}
      </div>
      {props.below}
    </header>
  )
}
