import { expect, test } from 'vitest'
import { derivedId } from '../src/connection/identity'

test('P7: a sender derives the id of its own message as the server does', async () => {
  const person = '01890000-0000-7000-8000-000000000001'
  expect(await derivedId(person, 'key-0001', 'message')).toBe('65f25da6-e112-86a4-b021-318a613addde')
})
