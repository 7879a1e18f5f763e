// Files made at test time, the same at every run, and their BLAKE3.

import { createCipheriv } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { createBLAKE3 } from 'hash-wasm';

/** One mebibyte in bytes. */
export const MIB = 1024 * 1024;

/** More than the buffers between a browser and a server on one machine hold: bytes in them count as sent. */
export const BEYOND_BUFFERS = 24 * MIB;

/** A picture of one red pixel. */
export const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

/** A file on this machine and what is known of it. */
export interface MadeFile {
  path: string;
  size: number;
  /** Lower-case hex. */
  blake3: string;
}

/**
 * Writes `size` bytes that follow from `seed` alone: an AES-CTR key stream, so that no two blocks are equal and nothing
 * compresses, at the speed of the disk.
 */
export async function makeFile(path: string, size: number, seed = 1): Promise<MadeFile> {
  await mkdir(dirname(path), { recursive: true });
  const key = Buffer.alloc(16, seed);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  const hash = await createBLAKE3();
  const file = await open(path, 'w');
  try {
    for (let left = size; left > 0; left -= MIB) {
      const block = stream.update(left < MIB ? zeros.subarray(0, left) : zeros);
      hash.update(block);
      await file.writeFile(block);
    }
  } finally {
    await file.close();
  }
  return { path, size, blake3: hash.digest('hex') };
}

/** BLAKE3 of what a stream brings, in hex, and how long it was. */
export async function hashOf(stream: Readable): Promise<{ size: number; blake3: string }> {
  const hash = await createBLAKE3();
  let size = 0;
  for await (const block of stream as AsyncIterable<Buffer>) {
    hash.update(block);
    size += block.length;
  }
  return { size, blake3: hash.digest('hex') };
}

/** BLAKE3 and size of a file on this machine. */
export const hashOfFile = (path: string): Promise<{ size: number; blake3: string }> =>
  hashOf(createReadStream(path, { highWaterMark: MIB }));
