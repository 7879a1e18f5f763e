// One folder for everything a run leaves on disk: data directories, big files, downloads. Removed at the end, also after
// failures: a run makes gigabytes.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'hayloft-e2e-'));
  process.env['HAYLOFT_E2E_FOLDER'] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
