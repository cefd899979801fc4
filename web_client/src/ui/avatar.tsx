const CLIENT_TINTS = 6
const FIRM_TINTS = 3

interface AvatarProps {
  name: string
  id: string
  side: 'firm' | 'client'
  small?: boolean
  online?: boolean
}

/** Initials on a tint that stays with the person; squares work at the firm, circles are its clients. */
export function Avatar({ name, id, side, small, online }: AvatarProps) {
  const tint = side === 'firm' ? `firm-${1 + (hash(id) % FIRM_TINTS)}` : String(1 + (hash(id) % CLIENT_TINTS))
  return (
    <span class={`avatar ${side} tint-${tint}${small ? ' small' : ''}`} aria-hidden="true">
      {initials(name)}
      {online && <span class="online" />}
    </span>
  )
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(word => /\p{L}/u.test(word))
  const first = words[0] ?? '?'
  const last = words.length > 1 ? (words.at(-1) ?? '') : ''
  return ([...first][0] ?? '?').toUpperCase() + ([...last][0] ?? '').toUpperCase()
}

function hash(text: string): number {
  let sum = 7
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) >>> 0
  return sum
}
