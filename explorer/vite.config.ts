import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const inHere = (name: string) => fileURLToPath(new URL(name, import.meta.url))

export default defineConfig({
  root: inHere('.'),
  // Monaco's workers share code, which only ES modules can.
  worker: { format: 'es' },
  build: {
    outDir: inHere('dist'),
    emptyOutDir: true,
    // Nothing becomes a data: address, so that the content security policy needs to allow none.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 5_000,
    rollupOptions: { input: [inHere('index.html'), inHere('compare.html')] },
  },
})
