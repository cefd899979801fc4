import { useSignal } from '@preact/signals'
import type { Matter } from '../../protocol'
import { path, pieces } from '../../router'
import { contacts, matters } from '../../state/records'
import { Icon } from '../../ui/icon'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { RecordsList } from '../shell/records_list'
import { listMatters } from './find_matters'
import { MatterCardPane } from './matter_card'
import { MatterForm } from './matter_form'

export function MattersScreen() {
  const [, id] = pieces(path.value)
  const find = useSignal('')
  const pages = useSignal(1)
  const found = useFound(
    find.value,
    text => listMatters(text, pages.value),
    `${matters.rows.value.size} ${pages.value}`,
  )
  const shown = found?.rows.map(matter => matters.get(matter.id) ?? matter)
  return (
    <>
      <RecordsList
        title={say.matters.title}
        create={{ to: '/matters/new', name: say.inbox.start }}
        find={{ label: say.matters.find, text: find.value, onFind: text => (find.value = text) }}
        {...(found?.more && { onMore: () => (pages.value += 1) })}
        open={id ?? null}
        rows={shown?.map(rowOf) ?? null}
        empty={
          find.value ? (
            <p>{say.matters.noneFound}</p>
          ) : (
            <>
              <Icon name="folder" />
              <h2>{say.matters.none}</h2>
              <p>{say.matters.noneLead}</p>
            </>
          )
        }
      />
      {id === 'new' ? (
        <main class="pane" aria-labelledby="pane-title">
          <MatterForm />
        </main>
      ) : id ? (
        <MatterCardPane key={id} id={id} />
      ) : (
        <main class="pane">
          <div class="empty">
            <Icon name="folder" />
            <h2>{say.matters.choose}</h2>
            <p>{say.matters.noneLead}</p>
          </div>
        </main>
      )}
    </>
  )
}

function rowOf(matter: Matter) {
  const client = contacts.get(matter.client)?.name
  return {
    id: matter.id,
    to: `/matters/${matter.id}`,
    name: matter.name,
    note: [matter.number, client ?? matter.area].filter(Boolean).join(', '),
    serif: true,
    face: (
      <span class="row-icon">
        <Icon name="folder" />
      </span>
    ),
  }
}
