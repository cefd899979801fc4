import { Dialog } from '../../ui/dialog'
import { say } from '../../words/firm'
import { NewDialog } from '../inbox/new_dialog'
import { Palette } from '../inbox/palette'
import { SessionsDialog } from '../users/sessions_dialog'
import { closeDialog, opened } from './open_dialog'
import { singleKeys } from './shortcuts'

export function Dialogs() {
  switch (opened.value) {
    case 'new':
      return <NewDialog onClose={closeDialog} />
    case 'palette':
      return <Palette onClose={closeDialog} />
    case 'keys':
      return <KeysDialog />
    case 'sessions':
      return <SessionsDialog onClose={closeDialog} />
    default:
      return null
  }
}

function KeysDialog() {
  return (
    <Dialog title={say.keys.title} onClose={closeDialog}>
      <dl class="keys">
        {say.keys.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      {!singleKeys.value && <p class="quiet">{say.keys.off}</p>}
    </Dialog>
  )
}
