// A backup that was never restored is none: the scripts that operators are given copy a running installation, it is destroyed,
// and comes back with every byte.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { Api, type Node } from './support/api';
import { Cluster } from './support/cluster';
import { recreate } from './support/database';
import { runFolder } from './support/environment';
import { makeFile, MIB } from './support/files';
import { Drive } from './support/pages/drive';
import { enter } from './support/pages/entrance';
import type { Server } from './support/server';
import { expect, test, type Account } from './support/test';

const scripts = new URL('../../deploy/backup/', import.meta.url).pathname;

/**
 * Runs one of the scripts as an operator does, with the server's own variables. The first listing of HDFS has a blob more,
 * which is swept before it is fetched.
 */
async function script(name: string, server: Server, directory: string): Promise<string> {
  const hdfs = join(directory, '..', 'hdfs');
  await writeFile(`${hdfs}-itself`, (await Cluster.read()).client(), { mode: 0o755 });
  const between = `#!/bin/sh
'${hdfs}-itself' "$@" || exit $?
[ "$2" = -ls ] && [ ! -e '${hdfs}-listed' ] || exit 0
touch '${hdfs}-listed'
for place; do :; done
echo "$place/zz/zzswept"
`;
  await writeFile(hdfs, between, { mode: 0o755 });
  const environment = { ...server.environment, HDFS: hdfs };
  const { stdout } = await promisify(execFile)(join(scripts, name), [directory], { env: environment });
  return stdout.trim();
}

/** Removes what the server kept, as a fire does. */
async function destroy(server: Server): Promise<void> {
  const { HAYLOFT_DATABASE_URL: database, HAYLOFT_STORE_URL: store } = server.environment;
  if (server.database) await recreate(server.database);
  else for (const end of ['', '-wal', '-shm']) await rm(database!.replace('sqlite:', '') + end, { force: true });
  const url = new URL(store!);
  if (url.protocol === 'file:') return rm(url.pathname, { recursive: true });
  const request = `http://${url.host}/webhdfs/v1${url.pathname}?op=DELETE&recursive=true&user.name=${url.username}`;
  expect(await (await fetch(request, { method: 'DELETE' })).json()).toEqual({ boolean: true });
}

async function backUpAndRestore(server: Server, api: Api, account: Account, drive: Drive): Promise<void> {
  const directory = join(await mkdtemp(join(runFolder(), 'backup-')), 'copy');
  await api.put('letter 信.txt', 'Dear Lin Wei');
  await api.put('empty', '');
  const large = await makeFile(join(runFolder(), 'for the backup.bin'), 5 * MIB, 7);
  await api.upload(large.path);
  // An upload that is under way is no part of a backup, and does no harm to it.
  await api.begin('unfinished.bin', Buffer.alloc(MIB, 'u'), 2 * MIB);

  const before = await api.root();
  const first = await script('backup.sh', server, directory);
  expect(first).toMatch(/database-\w+\.(db|dump)$/);
  // Again, beside somebody who goes on uploading: what comes in between is in the copy of the store alone.
  let ended = false;
  const others = (async () => {
    for (let number = 0; !ended && number < 40; number += 1) await api.put(`while it runs ${number}.txt`, `${number}`);
  })();
  await script('backup.sh', server, directory);
  ended = true;
  await others;

  await server.terminate();
  await destroy(server);
  await script('restore.sh', server, directory);
  await expect(script('restore.sh', server, directory), 'nothing is written over').rejects.toThrow(/move it away first/);

  expect(await server.command(['doctor'])).toMatch(/ 0 findings, 0 mended$/);
  await server.restart();
  const after = await api.root();
  for (const node of before) expect(after, node.name).toContainEqual(node);
  for (const node of after) expect(await api.contentHash(node.id), node.name).toEqual(hashed(node));
  expect(await api.named('for the backup.bin')).toMatchObject({ size: large.size, blake3: large.blake3 });
  await enter(drive.page, account);
  expect(await drive.downloadText('letter 信.txt')).toBe('Dear Lin Wei');
}

const hashed = ({ size, blake3 }: Node): { size: number; blake3: string } => ({ size, blake3: blake3! });

for (const backend of ['embedded', 'cluster'] as const) {
  test.describe(`on the ${backend} backend`, () => {
    test.use({ options: { backend } });

    test('a backup of a running installation brings everything back', async ({ page, server, token, account }) => {
      test.setTimeout(240_000);
      await backUpAndRestore(server, new Api(server, token), account, new Drive(page));
    });
  });
}
