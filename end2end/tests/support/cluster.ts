// Disturbing the real HDFS on purpose: killing DataNodes, safe mode. `cargo xtask` describes its processes in a JSON file.

import { execFile, spawn } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';

import { hdfs, hdfsState } from './environment';

interface Daemon {
  name: string;
  /** Where its HTTP server listens, `host:port`. */
  http: string;
  pid_file: string;
  /** The command that starts it again. */
  start: string[];
}

interface State {
  dfsadmin: string[];
  /** `hdfs dfs`: arguments such as `-ls` follow. */
  dfs: string[];
  namenode: Daemon;
  datanodes: Daemon[];
}

let next = 0;

/** A store URL with a base directory that no other test uses; by `through`, over another port of this machine. */
export function freshStore(through?: { port: number }): string {
  const url = new URL(hdfs());
  if (through) url.host = `127.0.0.1:${through.port}`;
  url.pathname = `${url.pathname.replace(/\/$/, '')}/e2e-${process.pid}-${Date.now()}-${next++}`;
  return url.href;
}

/** Host and port of the NameNode's HTTP server. */
export function nameNode(): { host: string; port: number } {
  const url = new URL(hdfs());
  return { host: url.hostname, port: Number(url.port) };
}

/** The cluster the tests run on. */
export class Cluster {
  readonly #state: State;

  private constructor(state: State) {
    this.#state = state;
  }

  static async read(): Promise<Cluster> {
    return new Cluster(JSON.parse(await readFile(hdfsState(), 'utf8')) as State);
  }

  /** The DataNode that the process talks to most at this moment; fails when it talks to none. */
  async busiestDataNode(pid: number): Promise<string> {
    const ports = await connectedPorts(pid);
    const count = (daemon: Daemon): number => ports.filter((port) => port === Number(daemon.http.split(':')[1])).length;
    const [busiest] = this.#state.datanodes.toSorted((a, b) => count(b) - count(a));
    if (!busiest || count(busiest) === 0) throw new Error('the server has no connection to any DataNode');
    return busiest.name;
  }

  /** SIGKILL for the DataNode of that name. */
  async kill(name: string): Promise<void> {
    process.kill(Number(await readFile(this.#daemon(name).pid_file, 'utf8')), 'SIGKILL');
  }

  /** Starts what is down and waits until the NameNode counts every DataNode as live and takes writes. */
  async mend(): Promise<void> {
    for (const daemon of this.#state.datanodes) {
      const pid = Number(await readFile(daemon.pid_file, 'utf8'));
      if (await isRunning(pid)) continue;
      const [program, ...words] = daemon.start;
      // In a group of its own: it has to outlive this test run, since others go on using the cluster.
      spawn(program!, words, { stdio: 'ignore', detached: true }).unref();
    }
    await this.safeMode('leave');
    // A DataNode that died and came back is counted once it has sent a heartbeat since.
    await expect.poll(() => this.#live(), { timeout: 60_000 }).toBe(this.#state.datanodes.length);
  }

  /** In safe mode the NameNode refuses every change. */
  async safeMode(change: 'enter' | 'leave'): Promise<void> {
    const [program, ...words] = this.#state.dfsadmin;
    await promisify(execFile)(program!, [...words, '-safemode', change]);
  }

  /** A script that does what `hdfs dfs …` does, for programs that want one. */
  client(): string {
    const words = this.#state.dfs.map((word) => `'${word}'`).join(' ');
    return `#!/bin/sh\n[ "$1" = dfs ] || exit 2\nshift\nexec ${words} "$@"\n`;
  }

  #daemon(name: string): Daemon {
    const daemon = this.#state.datanodes.find((one) => one.name === name);
    if (!daemon) throw new Error(`no ${name} in the cluster`);
    return daemon;
  }

  async #live(): Promise<number> {
    for (const daemon of this.#state.datanodes) {
      const answer = await fetch(`http://${daemon.http}/jmx?qry=Hadoop:service=DataNode,name=DataNodeInfo`).catch(() => undefined);
      if (!answer?.ok) return -1;
    }
    const query = 'Hadoop:service=NameNode,name=FSNamesystemState';
    const answer = await fetch(`http://${this.#state.namenode.http}/jmx?qry=${query}`).catch(() => undefined);
    if (!answer?.ok) return -1;
    const { beans } = (await answer.json()) as { beans: { NumLiveDataNodes?: number }[] };
    return beans[0]?.NumLiveDataNodes ?? -1;
  }
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status !== undefined && !/^\d+ \(.*\) Z/.test(status);
}

/** Remote ports of the process's established TCP connections over IPv4, from Linux's tables. */
async function connectedPorts(pid: number): Promise<number[]> {
  const inodes = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '');
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode) inodes.add(inode);
  }
  const established = '01';
  const rows = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).trim().split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === established && inodes.has(columns[9] ?? ''))
    .map((columns) => Number.parseInt(columns[2]!.split(':')[1]!, 16));
}
