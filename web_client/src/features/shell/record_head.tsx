import type { ComponentChildren } from 'preact'
import { Link } from '../../router'
import { Icon } from '../../ui/icon'
import { words } from '../../words'

interface RecordHeadProps {
  name: string
  under?: string
  serif?: boolean
  back: string
  face?: ComponentChildren
  children?: ComponentChildren
}

/** The head of one record: its name, a line beneath, and what can be done with it. */
export function RecordHead({ name, under, serif, back, face, children }: RecordHeadProps) {
  return (
    <header class="pane-head record-head">
      <div class="pane-title">
        <Link to={back} class="icon-button back" aria-label={words.value.back}>
          <Icon name="left" />
        </Link>
        {face}
        <div class="names">
          <h1 id="pane-title" class={serif ? 'caption' : 'person-title'}>
            {name}
          </h1>
          {under && <p class="under">{under}</p>}
        </div>
        <div class="acts">{children}</div>
      </div>
    </header>
  )
}
