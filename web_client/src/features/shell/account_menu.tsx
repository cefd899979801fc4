import type { ComponentChildren } from 'preact'
import { signOut } from '../../connection/line'
import { me } from '../../state/session'
import { Menu, MenuItem } from '../../ui/menu'
import { ThemeItems } from '../../ui/theme_items'
import { toastProblem } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'
import { openDialog } from './open_dialog'
import { setSingleKeys, singleKeys } from './shortcuts'

interface AccountMenuProps {
  button: ComponentChildren
  buttonClass: string
  worded?: boolean
}

export function AccountMenu({ button, buttonClass, worded = false }: AccountMenuProps) {
  const person = me.value
  if (!person) return null
  return (
    <Menu worded={worded} label={say.account.label(person.name)} button={button} buttonClass={buttonClass}>
      <p class="about">
        <b>{person.name}</b>
        {person.email}
      </p>
      <hr />
      <ThemeItems />
      <hr />
      <MenuItem icon="gear" onChoose={() => openDialog('keys')}>
        {say.account.keys}
      </MenuItem>
      <MenuItem icon="pen" onChoose={() => setSingleKeys(!singleKeys.value)}>
        {singleKeys.value ? say.account.singleKeysOn : say.account.singleKeysOff}
      </MenuItem>
      <MenuItem icon="lock" onChoose={() => openDialog('sessions')}>
        {say.account.sessions}
      </MenuItem>
      <MenuItem icon="leave" onChoose={() => void signOut().catch(toastProblem)}>
        {words.value.signOut}
      </MenuItem>
    </Menu>
  )
}
