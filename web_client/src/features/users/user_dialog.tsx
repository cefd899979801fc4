import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { User } from '../../protocol'
import { users } from '../../state/records'
import { FormDialog } from '../../ui/form_dialog'
import { TextField } from '../../ui/text_field'
import { toast } from '../../ui/toast'
import { say } from '../../words/firm'

type FirmRole = 'member' | 'admin'

/** Adds somebody to the firm, or changes their name, role, password and whether they may sign in. */
export function UserDialog({ user, onClose }: { user?: User; onClose(): void }) {
  const name = useSignal(user?.name ?? '')
  const title = useSignal(user?.title ?? '')
  const email = useSignal(user?.email ?? '')
  const password = useSignal('')
  const role = useSignal<FirmRole>(user?.role === 'admin' ? 'admin' : 'member')
  const active = useSignal(user?.active ?? true)
  const save = async () => {
    const card = { name: name.value.trim(), title: title.value.trim(), role: role.value }
    const saved = user
      ? await run('user.update', {
          user: user.id,
          ...card,
          active: active.value,
          ...(password.value && { password: password.value }),
        })
      : await run('user.create', { ...card, email: email.value.trim(), password: password.value })
    users.put(saved)
    toast(user ? say.users.saved : say.users.created(saved.name))
  }
  return (
    <FormDialog
      title={user ? user.name : say.users.create}
      does={user ? say.users.save : say.users.create}
      ready={name.value.trim() !== ''}
      act={save}
      onClose={onClose}
    >
      <div class="two-fields">
        <TextField id="user-name" label={say.users.name} text={name} first />
        <TextField id="user-title" label={say.users.position} text={title} />
      </div>
      {!user && <TextField id="user-email" label={say.users.email} text={email} type="email" />}
      <TextField
        id="user-password"
        label={user ? say.users.newPassword : say.users.password}
        text={password}
        hint={user ? say.users.newPasswordHint : say.users.passwordHint}
        type="password"
        autocomplete="new-password"
      />
      <fieldset class="choices">
        <legend class="label">{say.users.role}</legend>
        {(['member', 'admin'] as const).map(each => (
          <label key={each} class="choice">
            <input
              type="radio"
              name="role"
              checked={role.value === each}
              onChange={() => (role.value = each)}
            />
            <span>
              <span class="name">{say.users[each]}</span>
              <span class="hint">{each === 'admin' ? say.users.adminHint : say.users.memberHint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {user && (
        <label class="check">
          <input
            type="checkbox"
            checked={active.value}
            onChange={event => (active.value = event.currentTarget.checked)}
          />
          {say.users.active}
        </label>
      )}
    </FormDialog>
  )
}
