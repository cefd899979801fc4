import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { query } from '../../connection/http'
import type { User } from '../../protocol'
import { users } from '../../state/records'
import { generation, isAdmin, myId } from '../../state/session'
import { Icon } from '../../ui/icon'
import { PersonLine } from '../../ui/person_line'
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
            <PersonLine
              key={user.id}
              id={user.id}
              name={user.name}
              side="firm"
              beside={user.id === myId.value && say.portal.you}
              note={[user.title, user.email].filter(Boolean).join(', ')}
            >
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
            </PersonLine>
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
