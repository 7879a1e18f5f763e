// A DataNode dies under an upload and under a download. Two copies of each block: nobody may notice more than a delay.

import { basename } from 'node:path';

import { Api } from './support/api';
import { bigFile } from './support/big-file';
import { Cluster } from './support/cluster';
import { MIB } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import { Tray } from './support/pages/tray';
import { expect, NETWORK_FAULTS, test } from './support/test';

test.use({ options: { backend: 'cluster' } });

// A DataNode that dies with a file open keeps the file's lease for a minute (HDFS's soft limit); until then nobody may
// touch it, and the upload is busy.
test.setTimeout(240_000);

test.afterEach(async () => {
  await (await Cluster.read()).mend();
});

test('killed during an upload: the file is whole', async ({ page, server, token, account, faults }) => {
  faults.expect(...NETWORK_FAULTS, /the server responded with a status of 423/);
  const file = await bigFile();
  const name = basename(file.path);
  const cluster = await Cluster.read();
  await enter(page, account);
  const tray = new Tray(page);
  server.link.limit(100 * MIB);
  await tray.pick(file.path);
  await server.link.sentAtLeast(file.size / 3);
  await cluster.kill(await cluster.busiestDataNode(server.pid()));
  server.link.mend();
  await tray.done(name, 180_000);
  const api = new Api(server, token);
  const node = await api.named(name);
  expect(node).toMatchObject({ size: file.size, blake3: file.blake3 });
  expect(await api.contentHash(node.id)).toEqual({ size: file.size, blake3: file.blake3 });
});

test('killed during a download: the bytes are right', async ({ page, server, token, account }) => {
  const file = await bigFile();
  const name = basename(file.path);
  const cluster = await Cluster.read();
  await enter(page, account);
  await new Tray(page).pick(file.path);
  await new Tray(page).done(name);
  const node = await new Api(server, token).named(name);
  expect(node.blake3).toBe(file.blake3);

  const start = server.link.received;
  server.link.limit(100 * MIB);
  const download = new Drive(page).downloadHash(name);
  await server.link.receivedAtLeast(start + file.size / 3);
  await cluster.kill(await cluster.busiestDataNode(server.pid()));
  server.link.mend();
  expect(await download).toEqual({ size: file.size, blake3: file.blake3 });
});
