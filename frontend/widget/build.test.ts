import { gzipSync } from 'node:zlib'

import { build, type Rollup } from 'vite'
import { describe, expect, it } from 'vitest'

const MOST = 40_000 // bytes after gzip: what a shop's page is asked to load

describe('the built widget', () => {
  it('is one small script without eval or markup made of text', async () => {
    const built = (await build({ configFile: 'widget/vite.config.ts', logLevel: 'silent', build: { write: false } })) as Rollup.RollupOutput[]
    const files = built.flatMap((one) => one.output)
    expect(files.map((file) => file.fileName)).toEqual(['v1.js'])
    const code = (files[0] as Rollup.OutputChunk).code
    expect(gzipSync(code, { level: 6 }).length).toBeLessThanOrEqual(MOST)
    expect(code).not.toMatch(/\beval\(|new Function|\.innerHTML|outerHTML|insertAdjacentHTML|document\.write/)
    expect(code).not.toMatch(/\bimport\(|\brequire\(/)
  }, 60_000)
})
