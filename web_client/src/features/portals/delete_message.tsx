import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Message } from '../../protocol'
import { shares } from '../../state/portals'
import { Dialog } from '../../ui/dialog'
import { Complaint } from '../../ui/field'
import { words } from '../../words'
import { say } from '../../words/firm'

/** Asks before deleting, and asks apart whether the attachment's share ends too (rule P5). */
export function DeleteMessage({ message, onClose }: { message: Message; onClose(): void }) {
  const stopShare = useSignal(false)
  const busy = useSignal(false)
  const problem = useSignal('')
  const { attachment } = message
  const shared = attachment && !shares.get(attachment.share)?.stopped && attachment.available !== false
  const remove = async () => {
    busy.value = true
    try {
      await run('message.delete', { message: message.id, stop_share: stopShare.value })
      onClose()
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
      busy.value = false
    }
  }
  return (
    <Dialog
      title={say.portal.deleteTitle}
      onClose={onClose}
      onSubmit={() => void remove()}
      footer={
        <>
          <button type="button" class="button quiet-button" data-first onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button danger" disabled={busy.value}>
            {say.portal.deleteYes}
          </button>
        </>
      }
    >
      <p class="lead">{say.portal.deleteLead}</p>
      {shared && (
        <label class="choice">
          <input
            type="checkbox"
            checked={stopShare.value}
            onChange={event => (stopShare.value = event.currentTarget.checked)}
          />
          <span>
            <span class="name">{say.portal.deleteShare(attachment.name)}</span>
            <span class="hint">{say.portal.deleteShareHint}</span>
          </span>
        </label>
      )}
      {problem.value && <Complaint>{problem.value}</Complaint>}
    </Dialog>
  )
}
