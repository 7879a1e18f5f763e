// The 600 MB file of the upload specs: written once per worker, since it is the same for all of them.

import { join } from 'node:path';

import { runFolder } from './environment';
import { makeFile, type MadeFile } from './files';

/** The size of the file, in bytes: four parts of 128 MiB and a shorter fifth. */
export const BIG = 600_000_000;

let made: Promise<MadeFile> | undefined;

export function bigFile(): Promise<MadeFile> {
  made ??= makeFile(join(runFolder(), 'lecture recording.mkv'), BIG);
  return made;
}
