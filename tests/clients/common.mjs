// What the scripts for Node.js share.

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
