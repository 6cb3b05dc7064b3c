import { defineConfig } from 'vite';

// Bundles the tests of the pure functions for `node --test`.
export default defineConfig({
  build: {
    ssr: true,
    outDir: process.env['RESPKV_CONSOLE_TEST_OUT'] ?? 'obj/tests',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      input: ['test/bytes.test.ts', 'test/command-line.test.ts', 'test/docs.test.ts', 'test/format.test.ts'],
      output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
    },
  },
});
