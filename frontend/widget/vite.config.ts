// How is the widget built? One classic script without a hash in its name: shops have its address in their pages for years.
import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  publicDir: false,
  build: {
    outDir: here('../../src/servewell/site/dist/widget'),
    emptyOutDir: true,
    target: 'es2020',
    lib: { entry: here('./main.ts'), formats: ['iife'], name: 'ServewellWidget', fileName: () => 'v1.js' },
  },
})
