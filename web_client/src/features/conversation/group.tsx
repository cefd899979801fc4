import type { ComponentChildren } from 'preact'
import { Avatar } from '../../ui/avatar'
import { clock, fullTime, iso } from '../../ui/times'
import { words } from '../../words'

interface GroupProps {
  id: string
  name: string
  side: 'firm' | 'client'
  /** What stands between the name and the time. */
  about: string
  at: number
  /** Said from this side of the line: on the right, and without a face. */
  mine: boolean
  /** Whether the line with the name is left out. */
  unsigned?: boolean
  children: ComponentChildren
}

/** What one person said within five minutes: the name once, then piece after piece. */
export function Group({ id, name, side, about, at, mine, unsigned, children }: GroupProps) {
  return (
    <article class={`group${mine ? ' mine' : ''}`} aria-label={words.value.thread.item(name, clock(at))}>
      {!unsigned && (
        <p class="by">
          <b>{name}</b>
          {about}
          <time dateTime={iso(at)} title={fullTime(at)}>
            {clock(at)}
          </time>
        </p>
      )}
      {!mine && <Avatar name={name} id={id} side={side} small />}
      {children}
    </article>
  )
}
