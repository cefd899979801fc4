import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { query } from '../../connection/http'
import type { User } from '../../protocol'
import { users } from '../../state/records'
import { generation, isAdmin, myId } from '../../state/session'
import { Avatar } from '../../ui/avatar'
import { Icon } from '../../ui/icon'
import { say } from '../../words/firm'
import { RecordHead } from '../shell/record_head'
import { UserDialog } from './user_dialog'

/** Who works at the firm. Everybody may look; admins add and change. */
export function UsersScreen() {
  const editing = useSignal<User | 'new' | null>(null)
  useEffect(() => {
    query('user.list', {}).then(
      found => users.put(...found.users),
      () => {},
    )
  }, [generation.value])
  const all = users.list().sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name))
  return (
    <main class="pane whole" aria-labelledby="pane-title">
      <RecordHead name={say.users.title} back="/">
        {isAdmin.value && (
          <button type="button" class="button" onClick={() => (editing.value = 'new')}>
            <Icon name="plus" small />
            {say.users.create}
          </button>
        )}
      </RecordHead>
      <section class="record scrolls" tabIndex={0} aria-label={say.users.title}>
        {!isAdmin.value && <p class="quiet">{say.users.adminsOnly}</p>}
        <ul class="people ruled">
          {all.map(user => (
            <li key={user.id} class="person">
              <Avatar name={user.name} id={user.id} side="firm" />
              <div class="about">
                <p class="name">
                  {user.name}
                  {user.id === myId.value && <span class="quiet"> ({say.portal.you})</span>}
                </p>
                <p class="quiet cut">{[user.title, user.email].filter(Boolean).join(', ')}</p>
              </div>
              {user.role === 'admin' && <span class="pill pine">{say.users.admin}</span>}
              {!user.active && <span class="pill rust">{say.users.inactive}</span>}
              {isAdmin.value && (
                <button
                  type="button"
                  class="button quiet-button small"
                  aria-label={`${say.users.edit}: ${user.name}`}
                  onClick={() => (editing.value = user)}
                >
                  {say.users.edit}
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
      {editing.value && (
        <UserDialog
          {...(editing.value !== 'new' && { user: editing.value })}
          onClose={() => (editing.value = null)}
        />
      )}
    </main>
  )
}
