// An HTTP proxy with a limit on request bodies, as people find in front of their servers. Answers 413 as nginx does:
// at once by the declared length, then it reads on and throws away what the client still sends.

import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Forwards to a loopback port all that is not too large. */
export class NarrowProxy {
  /** Bodies refused so far, their lengths in order. */
  readonly refused: number[] = [];
  /** The largest body let through so far, in bytes. */
  largestPassed = 0;

  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free loopback port. */
  static async open(targetPort: number, bodyLimit: number): Promise<NarrowProxy> {
    const server = createServer();
    const proxy = new NarrowProxy(server);
    server.on('request', (incoming, answer) => {
      const length = Number(incoming.headers['content-length'] ?? 0);
      if (length > bodyLimit) {
        proxy.refused.push(length);
        answer.writeHead(413, { 'content-type': 'text/html' }).end('<h1>413</h1>');
        incoming.resume();
        return;
      }
      proxy.largestPassed = Math.max(proxy.largestPassed, length);
      const { method, url: path, headers } = incoming;
      const forwarded = request({ host: '127.0.0.1', port: targetPort, method, path, headers }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
        reply.pipe(answer);
      });
      forwarded.on('error', () => answer.destroy());
      incoming.on('error', () => forwarded.destroy());
      answer.on('close', () => forwarded.destroy());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks what is under way and stops listening. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
