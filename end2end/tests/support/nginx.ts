// nginx in front of several instances, by the very site that operators are given (deploy/nginx/hayloft.conf).

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';

import { nginx, runFolder } from './environment';
import { freePort } from './ports';

const SITE = new URL('../../../deploy/nginx/hayloft.conf', import.meta.url);

/** A running nginx. */
export class Nginx {
  /** Where it speaks TLS. */
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, port: number, folder: string) {
    this.#child = child;
    this.port = port;
    this.#folder = folder;
  }

  /** Starts one before the instances on these ports. */
  static async start(instances: number[]): Promise<Nginx> {
    const folder = await mkdtemp(join(runFolder(), 'nginx-'));
    await certificate(folder);
    const [plain, tls] = [await freePort(), await freePort()];
    await writeFile(join(folder, 'site.conf'), derived(await readFile(SITE, 'utf8'), { folder, plain, tls, instances }));
    await writeFile(join(folder, 'nginx.conf'), main(folder));
    const words = ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')];
    const child = spawn(nginx(), words, { stdio: ['ignore', 'inherit', 'inherit'] });
    const started = new Nginx(child, tls, folder);
    try {
      await expect.poll(() => answers(tls), { timeout: 20_000, message: 'nginx listens' }).toBe(true);
    } catch (error) {
      throw new Error(`${String(error)}\n${await started.errors()}`);
    }
    return started;
  }

  /** What it complained of. */
  async errors(): Promise<string> {
    return readFile(join(this.#folder, 'error.log'), 'utf8').catch(() => '');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await closed;
  }
}

interface Place {
  folder: string;
  plain: number;
  tls: number;
  instances: number[];
}

/** The site with the ports, the certificate and the instances of this test; all else is as it is shipped. */
function derived(site: string, { folder, plain, tls, instances }: Place): string {
  const servers = instances.map((port) => `    server 127.0.0.1:${port} max_fails=0;\n`).join('');
  const changes: [string | RegExp, string][] = [
    [/(?: *server 127\.0\.0\.1:\d+ max_fails=0;\n)+/, servers],
    ['listen 80;', `listen 127.0.0.1:${plain};`],
    ['listen [::]:80;', ''],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${tls} ssl http2;`],
    ['listen [::]:443 ssl http2;', ''],
    ['/etc/hayloft/tls/fullchain.pem', join(folder, 'certificate.pem')],
    ['/etc/hayloft/tls/privkey.pem', join(folder, 'key.pem')],
  ];
  return changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    // A site that was changed must not be tested as another one.
    if (changed === text) throw new Error(`deploy/nginx/hayloft.conf has no ${String(from)}`);
    return changed;
  }, site);
}

const main = (folder: string): string => `
daemon off;
master_process off;
user root;
pid ${folder}/pid;
events { worker_connections 512; }
http {
  access_log ${folder}/access.log;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n  ')}
  include ${folder}/site.conf;
}
`;

async function certificate(folder: string): Promise<void> {
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1';
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  await promisify(execFile)('openssl', [...words.split(' '), ...files]);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
