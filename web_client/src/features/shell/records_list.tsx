import type { ComponentChildren } from 'preact'
import { Link } from '../../router'
import { Icon } from '../../ui/icon'
import { narrow } from '../../ui/narrow'
import { say } from '../../words/firm'

export interface RecordRow {
  id: string
  to: string
  name: string
  note: string
  face: ComponentChildren
  serif?: boolean
}

interface RecordsListProps {
  title: string
  create?: { to: string; name: string }
  find?: { label: string; text: string; onFind(text: string): void }
  rows: readonly RecordRow[] | null
  open: string | null
  empty: ComponentChildren
  /** Where more exist than are shown. */
  onMore?(): void
}

/** The list of one kind of record, with its search box and the way to a new one. */
export function RecordsList({ title, create, find, rows, open, empty, onMore }: RecordsListProps) {
  const Pane = narrow.value && !open ? 'main' : 'aside'
  return (
    <Pane class="list" aria-label={title}>
      <header>
        <div class="title-row">
          <h1>{title}</h1>
          {create && (
            <Link to={create.to} class="button">
              <Icon name="plus" small />
              {create.name}
            </Link>
          )}
        </div>
        {find && (
          <div class="find-box">
            <Icon name="search" small />
            <input
              class="input"
              type="search"
              aria-label={find.label}
              placeholder={find.label}
              value={find.text}
              onInput={event => find.onFind(event.currentTarget.value)}
            />
          </div>
        )}
      </header>
      <div class="rows scrolls">
        {rows?.length === 0 && <div class="empty">{empty}</div>}
        <ul>
          {rows?.map(row => (
            <li key={row.id}>
              <Link to={row.to} class="row" aria-current={row.id === open ? 'true' : undefined}>
                {row.face}
                <div>
                  <span class={`who${row.serif ? ' caption' : ''}`}>{row.name}</span>
                  <p class="quiet cut">{row.note}</p>
                </div>
              </Link>
            </li>
          ))}
        </ul>
        {onMore && (
          <button type="button" class="more text-button" onClick={onMore}>
            {say.contacts.more}
          </button>
        )}
      </div>
    </Pane>
  )
}
