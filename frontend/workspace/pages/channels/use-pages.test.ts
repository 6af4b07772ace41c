import { describe, expect, it, vi } from 'vitest'

import { Problem } from '@/api/problem'

import { usePages } from './use-pages'

interface Row {
  id: string
}
const page = (ids: string[], next: string | null = null) => ({ items: ids.map((id) => ({ id })), next })
const ids = (rows: Row[]) => rows.map(({ id }) => id)

describe('a list read page by page', () => {
  it('works', async () => {
    const list = usePages<Row>(vi.fn().mockResolvedValueOnce(page(['a', 'b'], 'c1')).mockResolvedValueOnce(page(['b', 'c'])), ({ id }) => id)
    await list.load()
    await list.more()
    expect([ids(list.items.value), list.next.value]).toEqual([['a', 'b', 'c'], null])
  })
  it('keeps what it has when a page cannot be read', async () => {
    const list = usePages<Row>(vi.fn().mockResolvedValueOnce(page(['a'], 'c1')).mockRejectedValueOnce(new Problem('client:unreachable', '', 0)), ({ id }) => id)
    await list.load()
    await list.more()
    expect([ids(list.items.value), list.problem.value?.type, list.busy.value]).toEqual([['a'], 'client:unreachable', false])
  })
  it('goes by the youngest question', async () => {
    let late: (value: unknown) => void = () => undefined
    const list = usePages<Row>(vi.fn().mockReturnValueOnce(new Promise((resolve) => (late = resolve))).mockResolvedValueOnce(page(['new'])), ({ id }) => id)
    const first = list.load()
    await list.load()
    late(page(['old']))
    await first
    expect(ids(list.items.value)).toEqual(['new'])
  })
})
