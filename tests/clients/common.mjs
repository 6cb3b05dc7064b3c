// What the scripts for Node.js share.
import { readFileSync } from 'node:fs';

/** Undefined, or with `PORT CA CERT KEY` on the command line how to speak TLS. */
export const tls = process.argv[3]
  ? { ca: readFileSync(process.argv[3]), cert: readFileSync(process.argv[4]), key: readFileSync(process.argv[5]) }
  : undefined;

/** All 256 byte values, several times over, with the protocol's own line ends in between. */
export function binaryValue() {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  return Buffer.concat([all, Buffer.from('\r\n$-1\r\n'), all]);
}

export const unicodeValue = 'größe 数据 🔑 \u0000 é';

/** Polls until the condition holds; fails after 30 seconds. */
export async function until(what, condition) {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`still not so after 30 s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
