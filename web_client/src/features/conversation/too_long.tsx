import { numberName } from '../../ui/sizes'
import { words } from '../../words'

/** Says how much a message or text may hold; `most` is in characters. */
export function TooLong({ most }: { most: number }) {
  return (
    <span class="trouble" role="alert">
      {words.value.composer.tooLong(numberName(most))}
    </span>
  )
}
