// A `hayloft serve` of a test's own, behind a Link whose port the browser knows and which outlives the process; or several
// instances of it, behind a Link and nginx.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { freshStore } from './cluster';
import { freshDatabase, type FreshDatabase } from './database';
import { binary, runFolder, site } from './environment';
import { Link } from './link';
import { Nginx } from './nginx';
import { freePort } from './ports';
import { Program } from './program';

/** Where the server keeps things: SQLite and a directory, or PostgreSQL and HDFS. */
export type Backend = 'embedded' | 'cluster';

export interface Options {
  backend: Backend;
  /** Store URL in place of the backend's own. */
  store?: string;
  /** Further environment of the server. */
  environment?: Record<string, string>;
  /** So many instances behind nginx and TLS, in place of one without either. */
  instances?: number;
}

export class Server {
  /** The network between the browser and the server. */
  readonly link: Link;
  /** All that the processes said since the first start, restarts included. */
  readonly log: string[] = [];
  /** The one-time link for the first administrator, if the server printed one; it leads through `link`. */
  setupLink: string | undefined;
  /** URL of the server's PostgreSQL database; `undefined` on SQLite. */
  readonly database: string | undefined;

  readonly #options: Options;
  readonly #environment: Record<string, string>;
  readonly #folder: string;
  readonly #drop: () => Promise<void>;
  readonly #programs: (Program | undefined)[] = [];
  #nginx: Nginx | undefined;

  private constructor(link: Link, folder: string, options: Options, database?: FreshDatabase) {
    this.link = link;
    this.database = database?.url;
    this.#folder = folder;
    this.#options = options;
    this.#drop = database?.drop ?? (async () => {});
    const store = options.store ?? (options.backend === 'cluster' ? freshStore() : `file://${folder}/store`);
    this.#environment = {
      // Nothing of the caller's configuration may reach the server; PATH and HOME are for libraries that look at them.
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      HAYLOFT_PUBLIC_URL: this.url,
      HAYLOFT_DATA: join(folder, 'data'),
      HAYLOFT_DATABASE_URL: database?.url ?? `sqlite:${folder}/hayloft.db`,
      HAYLOFT_STORE_URL: store,
      HAYLOFT_SITE: site(),
      // Nobody is here to read pictures; the spec that is about them switches them on.
      HAYLOFT_CAPTCHA: 'off',
      ...(options.instances ? { HAYLOFT_TRUSTED_PROXIES: '127.0.0.1' } : {}),
      ...options.environment,
    };
  }

  static async start(options: Options): Promise<Server> {
    const folder = await mkdtemp(join(runFolder(), 'server-'));
    const database = options.backend === 'cluster' ? await freshDatabase() : undefined;
    await mkdir(join(folder, 'data'));
    const server = new Server(await Link.open(), folder, options, database);
    try {
      await (options.instances ? server.#startInstances(options.instances) : server.restart());
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** What the browser opens. */
  get url(): string {
    return `${this.#options.instances ? 'https' : 'http'}://127.0.0.1:${this.link.port}`;
  }

  /** What each process runs with; also for programs that work on the same data. */
  get environment(): Readonly<Record<string, string>> {
    return this.#environment;
  }

  /** How many requests the instance of that number has answered, as its log tells at level info. */
  answers(instance: number): number {
    return this.#logs[instance]?.filter((line) => line.includes('answered')).length ?? 0;
  }

  /** The id of the process, or of the instance of that number; it must run. */
  pid(instance = 0): number {
    return this.#program(instance).pid;
  }

  /** Starts the process, or the instance of that number, on the data that is there, and waits until it is ready. */
  async restart(instance = 0): Promise<void> {
    const known = this.#ports[instance] ?? 0;
    const program = await Program.start({ ...this.#environment, HAYLOFT_LISTEN: `127.0.0.1:${known}` }, (line) => {
      (this.#logs[instance] ??= []).push(line);
      this.#read(line);
    });
    this.#programs[instance] = program;
    if (!this.#options.instances) this.link.connectTo({ host: '127.0.0.1', port: program.port });
  }

  /** SIGKILL: no goodbye, no flush. */
  async kill(instance = 0): Promise<void> {
    await this.#end(instance, 'SIGKILL');
    // The system resets what a dead process held; the link in between must not keep the other half of it open.
    if (!this.#options.instances) this.link.reset();
  }

  /** SIGTERM, and waits until what is under way has ended, for so many milliseconds at most. */
  async terminate(instance = 0, limit = 25_000): Promise<void> {
    await this.#end(instance, 'SIGTERM', limit);
  }

  /** Ends the processes in order, closes the link and removes everything the server kept. */
  async stop(): Promise<void> {
    await this.link.close();
    await this.#nginx?.stop();
    if (this.#nginx) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    await Promise.all(this.#programs.map((_, instance) => this.#end(instance, 'SIGTERM')));
    await this.#drop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs another command of the program on the same data; answers its standard output without white space around it. */
  async command(words: string[], input = ''): Promise<string> {
    const child = spawn(binary(), words, { env: this.#environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    // A command that reads nothing may have ended before; whether it did well is told by its code.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`hayloft ${words.join(' ')} ended with ${code}: ${errors}${output}`);
    return output.trim();
  }

  // Ports that nginx knows the instances by; the one process that stands alone takes a new one at each start.
  #ports: number[] = [];
  readonly #logs: string[][] = [];

  async #startInstances(count: number): Promise<void> {
    for (let instance = 0; instance < count; instance += 1) this.#ports.push(await freePort());
    // Together, as a machine that starts does it: they bring the database up to date at the same time.
    await Promise.all(this.#ports.map((_, instance) => this.restart(instance)));
    this.#nginx = await Nginx.start(this.#ports);
    this.link.connectTo({ host: '127.0.0.1', port: this.#nginx.port });
    // The certificate is nobody's but this test's.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  }

  #program(instance: number): Program {
    const program = this.#programs[instance];
    if (!program) throw new Error('the server is not running');
    return program;
  }

  async #end(instance: number, signal: NodeJS.Signals, limit?: number): Promise<void> {
    const program = this.#programs[instance];
    this.#programs[instance] = undefined;
    await program?.end(signal, limit);
  }

  #read(line: string): void {
    this.log.push(line);
    const setup = /https?:\/\/[^\s"]+?(\/setup\/[\w-]+)/.exec(line)?.[1];
    if (setup) this.setupLink ??= this.url + setup;
  }
}
