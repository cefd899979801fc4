import type { ComponentChildren } from 'preact'
import { go } from '../../router'
import { Complaint } from '../../ui/field'
import { useAttempt } from '../../ui/use_attempt'
import { words } from '../../words'
import { RecordHead } from './record_head'

interface RecordFormProps {
  title: string
  /** The place of all records of this kind; one that was just made stands beneath it. */
  place: string
  ready: boolean
  /** Saves it and gives its id. */
  save(): Promise<string>
  does: string
  /** Where the form stands over a record, what leaves it. */
  onDone: (() => void) | undefined
  children: ComponentChildren
}

/** Makes or changes one record, in the pane where its card is. */
export function RecordForm({ title, place, ready, save, does, onDone, children }: RecordFormProps) {
  const { busy, problem, attempt } = useAttempt()
  const leave = onDone ?? (() => go(place))
  const submit = () =>
    attempt(async () => {
      const id = await save()
      if (onDone) onDone()
      else go(`${place}/${id}`)
    })
  return (
    <form
      class="record-form"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (ready) submit()
      }}
    >
      <RecordHead name={title} back={place} />
      <div class="record scrolls">
        {problem && <Complaint>{problem}</Complaint>}
        {children}
        <div class="form-end">
          <button type="button" class="button quiet-button" onClick={leave}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button" disabled={busy || !ready}>
            {does}
          </button>
        </div>
      </div>
    </form>
  )
}
