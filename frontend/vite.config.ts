/// <reference types="vitest/config" />
// How is the workspace built, served in development, and tested?
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const backend = process.env.SERVEWELL_BACKEND ?? 'http://127.0.0.1:8000'

/**
 * The theme must be set before the first paint, and the content security policy forbids inline
 * scripts: so the page loads one tiny classic script of its own, with a hash in its name.
 */
function themeScript(): Plugin {
  const source = () => readFileSync(here('./workspace/theme-first.js'), 'utf8')
  const hash = () => createHash('sha256').update(source()).digest('hex').slice(0, 8)
  let serving = false
  return {
    name: 'servewell-theme-script',
    configResolved: (config) => void (serving = config.command === 'serve'),
    configureServer(server) {
      server.middlewares.use('/theme-first.js', (_request, response) => {
        response.setHeader('Content-Type', 'text/javascript')
        response.end(source())
      })
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: `assets/theme-${hash()}.js`, source: source() })
    },
    transformIndexHtml: () => [
      { tag: 'script', attrs: { src: serving ? '/theme-first.js' : `/assets/theme-${hash()}.js` }, injectTo: 'head-prepend' },
    ],
  }
}

export default defineConfig({
  plugins: [vue(), themeScript()],
  resolve: { alias: { '@': here('./workspace') } },
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus is written with it in places
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: here('../src/servewell/site/dist'),
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy allows no data: scripts, and hashed files cache better
    chunkSizeWarningLimit: 400,
    rollupOptions: { input: ['index', 'case', 'shop'].map((page) => here(`./${page}.html`)) }, // the workspace, the customer's page, the demonstration's shop
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(['/api', '/_allauth', '/stream', '/admin', '/static', '/errors'].map((path) => [path, backend])),
  },
  test: {
    environment: 'jsdom',
    include: ['workspace/**/*.test.ts', 'widget/**/*.test.ts'],
    setupFiles: [here('./workspace/test-setup.ts')],
    restoreMocks: true,
  },
})
