// tus-js-client, the reference client, in Node: what others wrote must work as it is.

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Upload, type UploadOptions } from 'tus-js-client';

import { Api } from './support/api';
import { makeFile, MIB, type MadeFile } from './support/files';
import type { Server } from './support/server';
import { expect, test } from './support/test';

test.use({ options: { backend: 'cluster' } });

interface Running {
  upload: Upload;
  done: Promise<void>;
}

function start(server: Server, api: Api, file: MadeFile, options: Partial<UploadOptions> = {}): Running {
  let succeed: () => void;
  let fail: (error: Error) => void;
  const done = new Promise<void>((resolve, reject) => {
    succeed = resolve;
    fail = reject;
  });
  const upload = new Upload(createReadStream(file.path), {
    endpoint: `${server.url}/api/uploads`,
    headers: api.headers,
    metadata: { filename: basename(file.path), filetype: 'application/octet-stream' },
    retryDelays: [200, 500, 1000, 2000, 4000],
    onError: (error) => fail(error),
    onSuccess: () => succeed(),
    ...options,
  });
  return { upload, done };
}

async function expectStored(api: Api, file: MadeFile): Promise<void> {
  const node = await api.named(basename(file.path));
  expect(node.size).toBe(file.size);
  expect(await api.contentHash(node.id)).toEqual({ size: file.size, blake3: file.blake3 });
  await expect.poll(async () => (await api.node(node.id)).blake3, { timeout: 30_000 }).toBe(file.blake3);
  expect(await api.unfinished()).toEqual([]);
}

test('plain, in one request and in small ones', async ({ server, token }, testInfo) => {
  const api = new Api(server, token);
  for (const [name, chunkSize] of [['one.bin', Infinity], ['chunks.bin', 5 * MIB]] as const) {
    const file = await makeFile(testInfo.outputPath(name), 23 * MIB + 17);
    const { upload, done } = start(server, api, file, { chunkSize });
    upload.start();
    await done;
    await expectStored(api, file);
  }
});

test('resumed from its URL after the connection broke', async ({ server, token }, testInfo) => {
  const api = new Api(server, token);
  const file = await makeFile(testInfo.outputPath('resumed.bin'), 60 * MIB);
  server.link.limit(20 * MIB);
  let broke: (error: Error) => void;
  const broken = new Promise<Error>((resolve) => (broke = resolve));
  const first = start(server, api, file, { retryDelays: null, onError: (error) => broke(error) });
  first.upload.start();
  await server.link.sentAtLeast(20 * MIB);
  server.link.cut();
  await broken;
  server.link.mend();
  const kept = await api.keptBytes();
  expect(kept).toBeGreaterThan(5 * MIB);

  const before = server.link.sent;
  const { upload, done } = start(server, api, file, { uploadUrl: first.upload.url! });
  upload.start();
  await done;
  expect(server.link.sent - before).toBeLessThan(file.size - kept + MIB);
  await expectStored(api, file);
});

// HDFS puts pieces together itself; a directory does it in another way.
for (const backend of ['cluster', 'embedded'] as const) {
  test.describe(`on the ${backend} backend`, () => {
    test.use({ options: { backend } });

    test('parallel parts of one file', async ({ server, token }, testInfo) => {
      const api = new Api(server, token);
      const file = await makeFile(testInfo.outputPath('parallel.bin'), 50 * MIB + 3);
      const { upload, done } = start(server, api, file, { parallelUploads: 3 });
      upload.start();
      await done;
      await expectStored(api, file);
    });
  });
}
