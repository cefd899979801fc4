import { useSignal } from '@preact/signals'
import { run } from '../../connection/line'
import type { Share } from '../../protocol'
import { standingShares } from '../../state/portals'
import { Dialog } from '../../ui/dialog'
import { Complaint } from '../../ui/field'
import { toast } from '../../ui/toast'
import { words } from '../../words'
import { say } from '../../words/firm'

/** Ends one share after asking, and says where another still gives access (rule D3). */
export function StopSharing({ share, onClose }: { share: Share; onClose(): void }) {
  const busy = useSignal(false)
  const problem = useSignal('')
  const others = standingShares(share.portal).filter(
    each => each.document === share.document && each.id !== share.id,
  )
  const stop = async () => {
    busy.value = true
    try {
      const { others: left } = await run('share.stop', { share: share.id })
      toast(left.length ? say.resources.stillSharedToast(share.name) : say.resources.stoppedToast(share.name))
      onClose()
    } catch (error) {
      problem.value = error instanceof Error ? error.message : ''
      busy.value = false
    }
  }
  return (
    <Dialog
      title={say.resources.stopTitle(share.name)}
      onClose={onClose}
      onSubmit={() => void stop()}
      footer={
        <>
          <button type="button" class="button quiet-button" data-first onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="submit" class="button danger" disabled={busy.value}>
            {say.resources.stop}
          </button>
        </>
      }
    >
      <p class="lead">{say.resources.stopLead}</p>
      {others.length > 0 && <p class="complaint">{say.resources.stillShared}</p>}
      {problem.value && <Complaint>{problem.value}</Complaint>}
    </Dialog>
  )
}
