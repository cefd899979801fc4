import { afterEach, describe, expect, test } from 'vitest'
import { initials } from '../src/ui/avatar'
import { phoneName } from '../src/ui/phone_name'
import { sizeName } from '../src/ui/sizes'
import { dayName, listTime, minute } from '../src/ui/times'
import { listOf, speakIn, words } from '../src/words'
import { en } from '../src/words/en'
import { es } from '../src/words/es'

afterEach(() => speakIn('en-US', en))

describe('words', () => {
  test('days near are named, in the language chosen', () => {
    minute.value = new Date(2026, 10, 19, 9).getTime()
    expect(dayName(new Date(2026, 10, 19, 1).getTime())).toBe('Today')
    expect(dayName(new Date(2026, 10, 18, 23).getTime())).toBe('Yesterday')
    expect(listTime(new Date(2026, 10, 17, 23).getTime())).toBe('Tue')
    expect(listTime(new Date(2026, 10, 1, 23).getTime())).toBe('Nov 1')
    speakIn('es-US', es)
    expect(dayName(new Date(2026, 10, 18, 23).getTime())).toBe('Ayer')
    expect(words.value.messages).toBe('Mensajes')
    expect(listOf(['Ana', 'Tom'])).toBe('Ana y Tom')
  })

  test('every sentence of one language is there in the other, with the same parts to fill in', () => {
    const shape = (table: object): unknown =>
      Object.fromEntries(
        Object.entries(table).map(([key, value]) => [
          key,
          typeof value === 'object' ? shape(value) : typeof value === 'function' ? value.length : 'text',
        ]),
      )
    expect(shape(es)).toEqual(shape(en))
  })

  test('sizes, numbers and names are written as people write them', () => {
    expect(sizeName(412 * 1024)).toBe('412 kB')
    expect(sizeName(1_887_437)).toBe('1.8 MB')
    expect(sizeName(104_857_600)).toBe('100 MB')
    expect(sizeName(753)).toBe('753 bytes')
    expect(phoneName('+16285550164')).toBe('(628) 555-0164')
    expect(initials('Ana María Ruiz')).toBe('AR')
    expect(initials('Cher')).toBe('C')
  })
})
