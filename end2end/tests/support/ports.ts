// Ports that stay free for a process that ends and comes back: below 32768, where Linux' range for outgoing connections
// begins, and below those that `cargo xtask` takes.

import { createServer } from 'node:net';

const FIRST = 12_000;
const COUNT = 8_000;

let next = Math.floor(Math.random() * COUNT);

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries += 1) {
    next = (next + 1) % COUNT;
    if (await isFree(FIRST + next)) return FIRST + next;
  }
  throw new Error(`no free port between ${FIRST} and ${FIRST + COUNT}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
