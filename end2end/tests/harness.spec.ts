// The tools of the other specs: a link that did not cut would let every one of them pass.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as base, expect } from '@playwright/test';

import { hashOfFile, makeFile, MIB } from './support/files';
import { Link } from './support/link';
import { NarrowProxy } from './support/narrow-proxy';

/** Counts what it is sent and answers the count. */
const test = base.extend<{ target: Server; port: number; link: Link }>({
  target: async ({}, use) => {
    const server = createServer(async (incoming, answer) => {
      let size = 0;
      try {
        for await (const chunk of incoming as AsyncIterable<Buffer>) size += chunk.length;
        answer.end(String(size));
      } catch {
        answer.destroy();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await use(server);
    server.closeAllConnections();
    server.close();
  },
  port: async ({ target }, use) => use((target.address() as AddressInfo).port),
  link: async ({ port }, use) => {
    const link = await Link.open({ host: '127.0.0.1', port });
    await use(link);
    await link.close();
  },
});

const post = (port: number, size: number): Promise<string> =>
  fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: new Uint8Array(size) }).then((answer) => answer.text());

test('a link carries and counts', async ({ link }) => {
  expect(await post(link.port, 3 * MIB)).toBe(String(3 * MIB));
  expect(link.sent).toBeGreaterThan(3 * MIB);
  expect(link.sent).toBeLessThan(3 * MIB + 1000);
  expect(link.received).toBeGreaterThan(0);
});

test('a cut link breaks what is under way and what comes, until it is mended', async ({ link }) => {
  link.limit(2 * MIB);
  const broken = post(link.port, 20 * MIB).then(() => 'arrived', () => 'broke');
  await link.sentAtLeast(MIB);
  link.cut();
  expect(await broken).toBe('broke');
  expect(link.sent).toBeLessThan(10 * MIB);
  await expect(post(link.port, 1)).rejects.toThrow();
  link.mend();
  expect(await post(link.port, 5)).toBe('5');
});

test('a limited link is slow, a stalled one stands', async ({ link }) => {
  const start = performance.now();
  link.limit(4 * MIB);
  await post(link.port, 4 * MIB);
  expect(performance.now() - start).toBeGreaterThan(700);
  link.limit(0);
  const before = link.sent;
  let arrived = false;
  const waiting = post(link.port, MIB).then(() => (arrived = true));
  await expect(async () => expect(link.sent).toBeGreaterThan(before)).not.toPass({ timeout: 300 });
  expect(arrived).toBe(false);
  link.mend();
  await waiting;
});

test('a narrow proxy refuses what is too large and lets the rest pass', async ({ port }) => {
  const proxy = await NarrowProxy.open(port, MIB);
  expect(await post(proxy.port, MIB)).toBe(String(MIB));
  expect(await post(proxy.port, MIB + 1)).toContain('413');
  expect(proxy.refused).toEqual([MIB + 1]);
  expect(proxy.largestPassed).toBe(MIB);
  await proxy.close();
});

test('files are the same at every run, and their BLAKE3 is that of b3sum', async ({}, testInfo) => {
  const one = await makeFile(testInfo.outputPath('one'), 2 * MIB + 5);
  const two = await makeFile(testInfo.outputPath('two'), 2 * MIB + 5);
  const other = await makeFile(testInfo.outputPath('other'), 2 * MIB + 5, 2);
  expect(two.blake3).toBe(one.blake3);
  expect(other.blake3).not.toBe(one.blake3);
  expect(await hashOfFile(one.path)).toEqual({ size: one.size, blake3: one.blake3 });
  // As `printf '' | b3sum` says.
  expect((await makeFile(testInfo.outputPath('empty'), 0)).blake3).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
});
