import { defineConfig } from 'vite';

// The output directory is given by MSBuild (RESPKV_CONSOLE_OUT); by hand it is dist/.
export default defineConfig({
  base: './',
  build: {
    outDir: process.env['RESPKV_CONSOLE_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows neither inline scripts nor data: addresses.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: {
    port: 21010,
    // `npm run dev` with a server on its default port.
    proxy: { '/v1': process.env['RESPKV_URL'] ?? 'http://127.0.0.1:8380' },
  },
});
