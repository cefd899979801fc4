import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Message } from '../../protocol'
import { shares } from '../../state/portals'
import { FormDialog } from '../../ui/form_dialog'
import { say } from '../../words/firm'

/** Asks before deleting, and asks apart whether the attachment's share ends too (rule P5). */
export function DeleteMessage({ message, onClose }: { message: Message; onClose(): void }) {
  const stopShare = useSignal(false)
  const { attachment } = message
  const shared = attachment && !shares.get(attachment.share)?.stopped && attachment.available !== false
  const remove = async () => {
    await run('message.delete', { message: message.id, stop_share: stopShare.value })
  }
  return (
    <FormDialog
      title={say.portal.deleteTitle}
      does={say.portal.deleteYes}
      danger
      act={remove}
      onClose={onClose}
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
    </FormDialog>
  )
}
