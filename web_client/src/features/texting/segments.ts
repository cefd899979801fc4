/**
 * How many parts a carrier makes of a text, counted as the carrier counts (rule T8).
 *
 * The twin of `protocol/segments.py`; `tests/protocol/vectors/segments.json` holds both to one result.
 */
export type Alphabet = 'GSM-7' | 'UCS-2'

export interface Measure {
  encoding: Alphabet
  /** Code points. */
  characters: number
  /** Septets or UTF-16 units. */
  units: number
  segments: number
  /** What the last part has left, in units. */
  room: number
}

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const ESCAPED = new Set('^{}\\[~]|€')
const SINGLE_UNITS = { 'GSM-7': 160, 'UCS-2': 70 } as const
const PART_UNITS = { 'GSM-7': 153, 'UCS-2': 67 } as const

export function measure(text: string): Measure {
  const letters = [...text]
  const encoding: Alphabet = letters.every(letter => BASIC.has(letter) || ESCAPED.has(letter))
    ? 'GSM-7'
    : 'UCS-2'
  const costs = letters.map(letter => cost(letter, encoding))
  const units = costs.reduce((sum, each) => sum + each, 0)
  const single = SINGLE_UNITS[encoding]
  if (units <= single)
    return { encoding, characters: letters.length, units, segments: text ? 1 : 0, room: single - units }
  return { encoding, characters: letters.length, units, ...fillParts(costs, PART_UNITS[encoding]) }
}

function cost(letter: string, encoding: Alphabet): number {
  return (encoding === 'GSM-7' ? ESCAPED.has(letter) : letter.length > 1) ? 2 : 1
}

/** A pair is never cut in half: where one unit is left in a part, the pair begins the next one. */
function fillParts(costs: readonly number[], partUnits: number): { segments: number; room: number } {
  let segments = 1
  let room = partUnits
  for (const each of costs) {
    if (each > room) {
      segments += 1
      room = partUnits
    }
    room -= each
  }
  return { segments, room }
}
