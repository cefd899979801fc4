import { computed, signal } from '@preact/signals'
import type { Firm, Me } from '../protocol'

export const me = signal<Me | null>(null)
export const firm = signal<Firm | null>(null)

/** Rises with every snapshot: what was fetched before it is to be fetched again. */
export const generation = signal(0)

export const myId = computed(() => me.value?.id ?? '')
export const isAdmin = computed(() => me.value?.role === 'admin')
