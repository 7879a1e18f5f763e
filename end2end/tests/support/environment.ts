// What the tests are told from outside. Nothing has a guessed default that could make a test check the wrong thing;
// `cargo xtask test e2e` sets all of it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests by \`cargo xtask test e2e\``);
  return value;
}

/** The `hayloft` program under test. */
export const binary = (): string => required('HAYLOFT_TEST_BIN');

/** The folder with the built wasm, style sheet and other assets. */
export const site = (): string => required('HAYLOFT_TEST_SITE');

/** URL of a PostgreSQL where databases may be created. */
export const postgres = (): string => required('HAYLOFT_TEST_POSTGRES');

/** Store URL of a real HDFS, `webhdfs://user@host:port/base`. */
export const hdfs = (): string => required('HAYLOFT_TEST_HDFS');

/** JSON that `cargo xtask` keeps about the processes of that HDFS. */
export const hdfsState = (): string => required('HAYLOFT_TEST_HDFS_STATE');

/** Path of nginx. */
export const nginx = (): string => required('HAYLOFT_TEST_NGINX');

/** Path of Chromium; Playwright wants one, a name on PATH is not enough for it. */
export function chromium(): string {
  const wanted = process.env['HAYLOFT_TEST_CHROMIUM'] || 'chromium';
  if (wanted.includes('/')) return wanted;
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, wanted);
    if (existsSync(path)) return path;
  }
  throw new Error(`${wanted} is not on PATH: sudo apt-get install -y chromium, or set HAYLOFT_TEST_CHROMIUM`);
}

/** A folder for this whole run, made and removed by folder.setup.ts. */
export const runFolder = (): string => required('HAYLOFT_E2E_FOLDER');
