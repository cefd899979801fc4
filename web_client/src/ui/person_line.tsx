import type { ComponentChildren } from 'preact'
import { Avatar } from './avatar'

interface PersonLineProps {
  id: string
  name: string
  side: 'firm' | 'client'
  small?: boolean
  /** What stands behind the name, and in the line beneath. */
  beside?: ComponentChildren
  note: ComponentChildren
  /** What can be done with them. */
  children?: ComponentChildren
}

/** One person in a list of people. */
export function PersonLine({ id, name, side, small, beside, note, children }: PersonLineProps) {
  return (
    <li class="person">
      <Avatar name={name} id={id} side={side} {...(small && { small })} />
      <div class="about">
        <p class="name">
          {name}
          {beside && <span class="quiet"> ({beside})</span>}
        </p>
        <p class="quiet cut">{note}</p>
      </div>
      {children}
    </li>
  )
}
