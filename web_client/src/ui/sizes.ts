import { language } from '../words'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

const STEP = 1024

export const numberName = (number: number): string => new Intl.NumberFormat(language.value).format(number)

/** A file's size as its owner's computer shows it: 412 kB, 1.8 MB, each step 1024. */
export function sizeName(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP
    unit += 1
  }
  const digits = value < 10 && unit > 1 ? 1 : 0
  return new Intl.NumberFormat(language.value, {
    style: 'unit',
    unit: UNITS[unit] ?? 'byte',
    unitDisplay: unit ? 'short' : 'long',
    maximumFractionDigits: digits,
  }).format(value)
}

const KINDS: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'application/msword': 'Word',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel',
  'application/zip': 'ZIP',
  'text/plain': 'TXT',
  'text/csv': 'CSV',
}

/** A short name for a kind of file, as found in its content; empty where there is none worth showing. */
export function kindName(mediaType: string): string {
  return (
    KINDS[mediaType] ??
    (/^(image|audio|video)\//.test(mediaType)
      ? mediaType.slice(mediaType.indexOf('/') + 1).toUpperCase()
      : '')
  )
}

/** What kind of file it is and how large: `PDF, 412 kB`. */
export const aboutFile = (file: { media_type: string; size_bytes: number }): string =>
  [kindName(file.media_type), sizeName(file.size_bytes)].filter(Boolean).join(', ')
