// A `hayloft serve` of a test's own, behind a Link whose port the browser knows and which outlives the process.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { freshStore } from './cluster';
import { freshDatabase, type FreshDatabase } from './database';
import { binary, runFolder, site } from './environment';
import { Link } from './link';

/** Where the server keeps things: SQLite and a directory, or PostgreSQL and HDFS. */
export type Backend = 'embedded' | 'cluster';

export interface Options {
  backend: Backend;
  /** Store URL in place of the backend's own. */
  store?: string;
  /** Further environment of the server. */
  environment?: Record<string, string>;
}

const START_LIMIT = 60_000;

export class Server {
  /** The network between the browser and the server. */
  readonly link: Link;
  /** All that the process said since the first start, its restarts included. */
  readonly log: string[] = [];
  /** The one-time link for the first administrator, if the server printed one; it leads through `link`. */
  setupLink: string | undefined;

  /** URL of the server's PostgreSQL database; `undefined` on SQLite. */
  readonly database: string | undefined;

  readonly #environment: Record<string, string>;
  readonly #folder: string;
  readonly #drop: () => Promise<void>;
  #process: ChildProcess | undefined;

  private constructor(link: Link, folder: string, environment: Record<string, string>, database?: FreshDatabase) {
    this.link = link;
    this.database = database?.url;
    this.#folder = folder;
    this.#environment = environment;
    this.#drop = database?.drop ?? (async () => {});
  }

  static async start(options: Options): Promise<Server> {
    const folder = await mkdtemp(join(runFolder(), 'server-'));
    const database = options.backend === 'cluster' ? await freshDatabase() : undefined;
    const link = await Link.open();
    const store = options.store ?? (options.backend === 'cluster' ? freshStore() : `file://${folder}/store`);
    await mkdir(join(folder, 'data'));
    const environment = {
      // Nothing of the caller's configuration may reach the server; PATH and HOME are for libraries that look at them.
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      HAYLOFT_LISTEN: '127.0.0.1:0',
      HAYLOFT_PUBLIC_URL: `http://127.0.0.1:${link.port}`,
      HAYLOFT_DATA: join(folder, 'data'),
      HAYLOFT_DATABASE_URL: database?.url ?? `sqlite:${folder}/hayloft.db`,
      HAYLOFT_STORE_URL: store,
      HAYLOFT_SITE: site(),
      ...options.environment,
    };
    const server = new Server(link, folder, environment, database);
    try {
      await server.restart();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** What the browser opens. */
  get url(): string {
    return `http://127.0.0.1:${this.link.port}`;
  }

  /** The process's id; there must be one. */
  get pid(): number {
    if (this.#process?.pid === undefined) throw new Error('the server is not running');
    return this.#process.pid;
  }

  /** Starts the process on the data that is there, and waits until it is ready. */
  async restart(): Promise<void> {
    const child = spawn(binary(), ['serve'], { env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    const target = await this.#listening(child);
    this.link.connectTo(target);
    const ready = await fetch(`http://${target.host}:${target.port}/health/ready`);
    if (!ready.ok) throw new Error(`the server is not ready: ${await ready.text()}\n${this.log.join('\n')}`);
  }

  /** SIGKILL: no goodbye, no flush. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    // The system resets what a dead process held; the link in between must not keep the other half of it open.
    this.link.reset();
  }

  /** Ends the process in order, closes the link and removes everything the server kept. */
  async stop(): Promise<void> {
    await this.link.close();
    await this.#end('SIGTERM');
    await this.#drop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs another command of the program on the same data; answers its standard output without white space around it. */
  async command(words: string[], input = ''): Promise<string> {
    const child = spawn(binary(), words, { env: this.#environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`hayloft ${words.join(' ')} ended with ${code}: ${errors}`);
    return output.trim();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    // A server that does not end within the limit is a failure of its own, but must not outlive the test.
    const limit = setTimeout(() => {
      this.log.push('the server did not end within 25 s of SIGTERM and was killed');
      child.kill('SIGKILL');
    }, 25_000);
    await closed;
    clearTimeout(limit);
  }

  /** Reads on until the server has said where it listens. */
  #listening(child: ChildProcess): Promise<{ host: string; port: number }> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why}:\n${this.log.join('\n')}`));
      const limit = setTimeout(() => fail(`no address within ${START_LIMIT / 1000} s`), START_LIMIT);
      const read = (line: string): void => {
        this.log.push(line);
        const setup = /https?:\/\/[^\s"]+?(\/setup\/[\w-]+)/.exec(line)?.[1];
        if (setup) this.setupLink = this.url + setup;
        const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (port) {
          clearTimeout(limit);
          resolve({ host: '127.0.0.1', port: Number(port) });
        }
      };
      for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', read);
      child.once('error', (error) => fail(String(error)));
      child.once('close', () => {
        clearTimeout(limit);
        fail('the server ended instead of starting');
      });
    });
  }
}
