// One process of `hayloft serve`: started, known by where it listens, and ended.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { binary } from './environment';

const START_LIMIT = 60_000;

/** A process that has said where it listens, and is ready. */
export class Program {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #say: (line: string) => void;

  private constructor(child: ChildProcess, port: number, say: (line: string) => void) {
    this.#child = child;
    this.pid = child.pid!;
    this.port = port;
    this.#say = say;
  }

  /** Starts one and waits until it is ready; each line that it says goes to `say`. */
  static async start(environment: Record<string, string>, say: (line: string) => void): Promise<Program> {
    const child = spawn(binary(), ['serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const program = new Program(child, await listening(child, say), say);
    const ready = await fetch(`http://127.0.0.1:${program.port}/health/ready`);
    if (!ready.ok) throw new Error(`the server is not ready: ${await ready.text()}`);
    return program;
  }

  /** Ends it by this signal and waits for the end, for so many milliseconds at most. */
  async end(signal: NodeJS.Signals, limit = 25_000): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    // A server that does not end within the limit is a failure of its own, but must not outlive the test.
    const timer = setTimeout(() => {
      this.#say(`the server did not end within ${limit / 1000} s of ${signal} and was killed`);
      child.kill('SIGKILL');
    }, limit);
    await closed;
    clearTimeout(timer);
  }
}

/** Reads on until the server has said where it listens; answers the port. */
function listening(child: ChildProcess, say: (line: string) => void): Promise<number> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`${why}:\n${said.join('\n')}`));
    };
    const limit = setTimeout(() => fail(`no address within ${START_LIMIT / 1000} s`), START_LIMIT);
    const read = (line: string): void => {
      said.push(line);
      say(line);
      const port = /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) {
        clearTimeout(limit);
        resolve(Number(port));
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
