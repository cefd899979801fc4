import { useSignal } from '@preact/signals'
import type { Document } from '../../protocol'
import { Dialog } from '../../ui/dialog'
import { fileIcon, Icon } from '../../ui/icon'
import { Picker } from '../../ui/picker'
import { aboutFile } from '../../ui/sizes'
import { shortDay } from '../../ui/times'
import { words } from '../../words'

interface ChooseDocumentProps {
  title: string
  /** Null until they are known. */
  documents: readonly Document[] | null
  onChoose(document: Document): void
  onClose(): void
}

/** Chooses one of the documents that are there already, by name, kind and size. */
export function ChooseDocument({ title, documents, onChoose, onClose }: ChooseDocumentProps) {
  const find = useSignal('')
  const { loading, choose } = words.value
  const found = (documents ?? []).filter(document =>
    document.name.toLocaleLowerCase().includes(find.value.toLocaleLowerCase()),
  )
  return (
    <Dialog title={title} onClose={onClose}>
      <Picker
        label={title}
        placeholder={choose.find}
        choices={found.map(document => ({
          id: document.id,
          name: document.name,
          note: `${aboutFile(document)}, ${shortDay(document.at)}`,
          face: <Icon name={fileIcon(document.media_type)} />,
        }))}
        onFind={text => {
          find.value = text
        }}
        onPick={id => {
          const chosen = found.find(document => document.id === id)
          if (chosen) onChoose(chosen)
        }}
        none={documents ? (documents.length ? choose.noneFound : choose.none) : loading}
      />
    </Dialog>
  )
}
