import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { User } from '../../protocol'
import { users } from '../../state/records'
import { Dialog } from '../../ui/dialog'
import { Complaint, Field } from '../../ui/field'
import { toast } from '../../ui/toast'
import { words } from '../../words'
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
  const busy = useSignal(false)
  const problem = useSignal('')
  const save = async () => {
    busy.value = true
    problem.value = ''
    const card = { name: name.value.trim(), title: title.value.trim(), role: role.value }
    try {
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
      onClose()
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
      busy.value = false
    }
  }
  return (
    <Dialog
      title={user ? user.name : say.users.create}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <button type="button" class="button quiet-button" onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button" disabled={busy.value || !name.value.trim()}>
            {user ? say.users.save : say.users.create}
          </button>
        </>
      }
    >
      {problem.value && <Complaint>{problem.value}</Complaint>}
      <div class="two-fields">
        <Field label={say.users.name} id="user-name">
          <input
            id="user-name"
            class="input"
            data-first
            autocomplete="off"
            value={name.value}
            onInput={event => (name.value = event.currentTarget.value)}
          />
        </Field>
        <Field label={say.users.position} id="user-title">
          <input
            id="user-title"
            class="input"
            autocomplete="off"
            value={title.value}
            onInput={event => (title.value = event.currentTarget.value)}
          />
        </Field>
      </div>
      {!user && (
        <Field label={say.users.email} id="user-email">
          <input
            id="user-email"
            class="input"
            type="email"
            autocomplete="off"
            value={email.value}
            onInput={event => (email.value = event.currentTarget.value)}
          />
        </Field>
      )}
      <Field
        label={user ? say.users.newPassword : say.users.password}
        id="user-password"
        hint={user ? say.users.newPasswordHint : say.users.passwordHint}
      >
        <input
          id="user-password"
          class="input"
          type="password"
          autocomplete="new-password"
          aria-describedby="user-password-hint"
          value={password.value}
          onInput={event => (password.value = event.currentTarget.value)}
        />
      </Field>
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
    </Dialog>
  )
}
