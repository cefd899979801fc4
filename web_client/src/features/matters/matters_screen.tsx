import type { Matter } from '../../protocol'
import { contacts, matters } from '../../state/records'
import { Icon } from '../../ui/icon'
import { say } from '../../words/firm'
import { RecordsScreen } from '../shell/records_screen'
import { listMatters } from './find_matters'
import { MatterCardPane } from './matter_card'
import { MatterForm } from './matter_form'

export function MattersScreen() {
  return (
    <RecordsScreen
      place="/matters"
      icon="folder"
      say={say.matters}
      list={listMatters}
      held={matters.rows.value.size}
      rowOf={rowOf}
      form={<MatterForm />}
      card={id => <MatterCardPane key={id} id={id} />}
    />
  )
}

function rowOf(found: Matter) {
  const matter = matters.get(found.id) ?? found
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
