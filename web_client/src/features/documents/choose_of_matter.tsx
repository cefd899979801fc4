import type { Document } from '../../protocol'
import { say } from '../../words/firm'
import { useMatterCard } from '../matters/use_matter_card'
import { ChooseDocument } from './choose_document'

/** Chooses among all documents of a matter, as the firm may. */
export function ChooseOfMatter({
  matter,
  ...rest
}: {
  matter: string
  onChoose(document: Document): void
  onClose(): void
}) {
  const { found: card } = useMatterCard(matter)
  return (
    <ChooseDocument
      title={say.resources.choose}
      documents={card === undefined ? null : (card?.documents ?? [])}
      {...rest}
    />
  )
}
