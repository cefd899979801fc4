import { run } from '../../connection/line'
import type { Share } from '../../protocol'
import { standingShares } from '../../state/portals'
import { FormDialog } from '../../ui/form_dialog'
import { toast } from '../../ui/toast'
import { say } from '../../words/firm'

/** Ends one share after asking, and says where another still gives access (rule D3). */
export function StopSharing({ share, onClose }: { share: Share; onClose(): void }) {
  const others = standingShares(share.portal).filter(
    each => each.document === share.document && each.id !== share.id,
  )
  const stop = async () => {
    const { others: left } = await run('share.stop', { share: share.id })
    toast(left.length ? say.resources.stillSharedToast(share.name) : say.resources.stoppedToast(share.name))
  }
  return (
    <FormDialog
      title={say.resources.stopTitle(share.name)}
      does={say.resources.stop}
      danger
      act={stop}
      onClose={onClose}
    >
      <p class="lead">{say.resources.stopLead}</p>
      {others.length > 0 && <p class="complaint">{say.resources.stillShared}</p>}
    </FormDialog>
  )
}
