// A stretch of network in front of a server, which a test can cut, stall and slow down, and which counts what passed.

import { EventEmitter, on } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Pair {
  client: Socket;
  target: Socket;
}

/** Plain TCP on a port of its own, which stays the same while what stands behind it comes and goes. */
export class Link {
  /** Bytes that clients sent so far, HTTP heads included. */
  sent = 0;
  /** Bytes that clients received so far. */
  received = 0;

  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  readonly #progress = new EventEmitter();
  #target: { host: string; port: number } | undefined;
  #cut = false;
  #bytesPerSecond = Infinity;

  private constructor(listener: Server) {
    this.#listener = listener;
    this.#progress.setMaxListeners(0);
    listener.on('connection', (client) => this.#accept(client));
  }

  /** Listens on a free loopback port; without a target, connections are reset. */
  static async open(target?: { host: string; port: number }): Promise<Link> {
    // Half-open: a client that ends its side after the request must still get the answer.
    const listener = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(0, '127.0.0.1', resolve);
    });
    const link = new Link(listener);
    link.#target = target;
    return link;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Where new connections go from now on. */
  connectTo(target: { host: string; port: number }): void {
    this.#target = target;
  }

  /** Breaks every connection and every new one, as a pulled plug with a helpful router does. */
  cut(): void {
    this.#cut = true;
    this.reset();
  }

  /** Breaks every connection that there is; new ones pass. */
  reset(): void {
    for (const pair of this.#pairs) this.#break(pair);
  }

  /** Ends `cut` and the speed limit. */
  mend(): void {
    this.#cut = false;
    this.#bytesPerSecond = Infinity;
  }

  /** Lets at most so many bytes per second pass, over all connections and both directions together; 0 stalls it. */
  limit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves as soon as clients have sent that many bytes in all. */
  async sentAtLeast(bytes: number): Promise<void> {
    await this.#until('sent', bytes);
  }

  /** Resolves as soon as clients have received that many bytes in all. */
  async receivedAtLeast(bytes: number): Promise<void> {
    await this.#until('received', bytes);
  }

  /** Breaks everything and stops listening. */
  async close(): Promise<void> {
    this.cut();
    this.#progress.emit('closed');
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
  }

  async #until(direction: 'sent' | 'received', bytes: number): Promise<void> {
    if (this[direction] >= bytes) return;
    for await (const _ of on(this.#progress, direction, { close: ['closed'] })) {
      if (this[direction] >= bytes) return;
    }
    throw new Error(`the link was closed after ${this[direction]} bytes ${direction}, before ${bytes}`);
  }

  #accept(client: Socket): void {
    if (this.#cut || !this.#target) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const target = connect({ ...this.#target, allowHalfOpen: true });
    const pair = { client, target };
    this.#pairs.add(pair);
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      // A reset on one side is a reset on the other: tests look at what a broken connection does.
      socket.on('error', () => this.#break(pair));
      socket.on('close', () => {
        if (client.destroyed && target.destroyed) this.#pairs.delete(pair);
      });
    }
    void this.#carry(pair, client, target, 'sent');
    void this.#carry(pair, target, client, 'received');
  }

  async #carry(pair: Pair, from: Socket, to: Socket, direction: 'sent' | 'received'): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await this.#pace(chunk.length);
        if (to.destroyed) break;
        const room = to.write(chunk);
        this[direction] += chunk.length;
        this.#progress.emit(direction);
        if (!room) await roomOrEnd(to);
      }
      to.end();
    } catch {
      this.#break(pair);
    }
  }

  // One line of waiting for all connections: each waits for its place in it.
  #free = 0;
  async #pace(bytes: number): Promise<void> {
    while (this.#bytesPerSecond === 0 && !this.#cut) await delay(20);
    if (this.#bytesPerSecond === Infinity) return;
    const now = performance.now();
    this.#free = Math.max(this.#free, now) + (bytes / this.#bytesPerSecond) * 1000;
    if (this.#free - now > 5) await delay(this.#free - now);
  }

  #break(pair: Pair): void {
    for (const socket of [pair.client, pair.target]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** Resolves when the socket takes more, or is closed. */
function roomOrEnd(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
    // Closed already: neither event will come.
    if (socket.closed) done();
  });
}
