import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { path, pieces } from '../../router'
import { Icon, type IconName } from '../../ui/icon'
import { useFound } from '../../ui/use_found'
import { say } from '../../words/firm'
import { type RecordRow, RecordsList } from './records_list'

interface RecordsScreenProps<T> {
  /** `/contacts` for example: its first piece is the place, the second the open record. */
  place: string
  icon: IconName
  say: { title: string; find: string; noneFound: string; none: string; noneLead: string; choose: string }
  /** As many pages as asked for, and whether there are more. */
  list(find: string, pages: number): Promise<{ rows: T[]; more: boolean }>
  /** Changes when the list has to be asked for anew. */
  held: number
  rowOf(record: T): RecordRow
  form: ComponentChildren
  card(id: string): ComponentChildren
}

/** All records of one kind on the left, the open one beside them. */
export function RecordsScreen<T>(props: RecordsScreenProps<T>) {
  const [, id] = pieces(path.value)
  const find = useSignal('')
  return (
    <>
      <Found {...props} find={find} open={id ?? null} />
      {id === 'new' ? (
        <main class="pane" aria-labelledby="pane-title">
          {props.form}
        </main>
      ) : id ? (
        props.card(id)
      ) : (
        <main class="pane">
          <div class="empty">
            <Icon name={props.icon} />
            <h2>{props.say.choose}</h2>
            <p>{props.say.noneLead}</p>
          </div>
        </main>
      )}
    </>
  )
}

function Found<T>({
  place,
  icon,
  say: told,
  list,
  held,
  rowOf,
  find,
  open,
}: RecordsScreenProps<T> & { find: Signal<string>; open: string | null }) {
  const pages = useSignal(1)
  const found = useFound(find.value, text => list(text, pages.value), `${held} ${pages.value}`)
  return (
    <RecordsList
      title={told.title}
      create={{ to: `${place}/new`, name: say.inbox.start }}
      find={{ label: told.find, text: find.value, onFind: text => (find.value = text) }}
      {...(found?.more && { onMore: () => (pages.value += 1) })}
      open={open}
      rows={found?.rows.map(rowOf) ?? null}
      empty={
        find.value ? (
          <p>{told.noneFound}</p>
        ) : (
          <>
            <Icon name={icon} />
            <h2>{told.none}</h2>
            <p>{told.noneLead}</p>
          </>
        )
      }
    />
  )
}
