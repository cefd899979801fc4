import { useSignal } from '@preact/signals'
import type { Document } from '../../protocol'
import { Dialog } from '../../ui/dialog'
import { Icon } from '../../ui/icon'
import { Picker } from '../../ui/picker'
import { sizeName } from '../../ui/sizes'
import { shortDay } from '../../ui/times'
import { say } from '../../words/firm'
import { useMatterCard } from '../matters/use_matter_card'

/** Chooses one of the matter's documents. */
export function ChooseDocument({
  matter,
  onChoose,
  onClose,
}: {
  matter: string
  onChoose(document: Document): void
  onClose(): void
}) {
  const card = useMatterCard(matter)
  const find = useSignal('')
  const found = (card?.documents ?? []).filter(document =>
    document.name.toLowerCase().includes(find.value.toLowerCase()),
  )
  return (
    <Dialog title={say.resources.choose} onClose={onClose}>
      <Picker
        label={say.resources.choose}
        placeholder={say.matters.fileName}
        choices={found.map(document => ({
          id: document.id,
          name: document.name,
          note: `${sizeName(document.size_bytes)}, ${shortDay(document.at)}`,
          face: <Icon name="doc" />,
        }))}
        onFind={text => {
          find.value = text
        }}
        onPick={id => {
          const chosen = found.find(document => document.id === id)
          if (chosen) onChoose(chosen)
        }}
        none={card && say.resources.noDocuments}
      />
    </Dialog>
  )
}
