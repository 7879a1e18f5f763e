// The JSON and tus API with a token, for what a spec needs besides the browser.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

import { hashOf } from './files';
import type { Server } from './server';

export interface Node {
  id: string;
  parent: string | null;
  name: string;
  kind: 'file' | 'folder';
  size: number;
  mime: string | null;
  modified: number;
  blake3: string | null;
  thumbnail: boolean;
}

/** As in `domain::UploadView`, what the specs use of it. */
export interface Upload {
  id: string;
  kind: string;
  offset: number;
  length: number | null;
  name: string | null;
}

export class Api {
  readonly #server: Server;
  readonly #token: string;

  constructor(server: Server, token: string) {
    this.#server = server;
    this.#token = token;
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` };
  }

  /** Puts a small file into the root, or into another folder, by creation-with-upload and answers its node. */
  async put(name: string, content: string | Buffer, parent = 'root'): Promise<Node> {
    const body = Buffer.from(content);
    const answer = await this.#call('/api/uploads', this.#creation(name, body, body.length, parent));
    const id = answer.headers.get('hayloft-node');
    if (!id) throw new Error(`no Hayloft-Node in the answer for ${name}`);
    return this.node(id);
  }

  /** Uploads a file of this machine into the root, under its own name. */
  async upload(path: string): Promise<Node> {
    return this.put(basename(path), await readFile(path));
  }

  /** Begins an upload of so many bytes and sends the first of them. */
  async begin(name: string, content: Buffer, length: number): Promise<void> {
    await this.#call('/api/uploads', this.#creation(name, content, length));
  }

  async node(id: string): Promise<Node> {
    return (await (await this.#call(`/api/nodes/${id}`)).json()) as Node;
  }

  /** Everything in the root. */
  root(): Promise<Node[]> {
    return this.children('root');
  }

  /** Paths of all files and of all folders (with a slash at their end) below a folder, sorted. */
  async tree(id = 'root', path = ''): Promise<string[]> {
    const paths: string[] = [];
    for (const node of await this.children(id)) {
      const own = path + node.name;
      if (node.kind === 'folder') paths.push(`${own}/`, ...(await this.tree(node.id, `${own}/`)));
      else paths.push(own);
    }
    return paths.sort();
  }

  /** Makes a folder in the root, or in another one. */
  async folder(name: string, parent = 'root'): Promise<Node> {
    const body = JSON.stringify({ parent, name });
    return (await (await this.#call('/api/folders', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json()) as Node;
  }

  /** Everything in a folder, page by page. */
  async children(id: string): Promise<Node[]> {
    const nodes: Node[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after ? `?after=${encodeURIComponent(after)}` : '';
      const page = (await (await this.#call(`/api/nodes/${id}/children${query}`)).json()) as { items: Node[]; next: string | null };
      nodes.push(...page.items);
      after = page.next;
    }
    return nodes;
  }

  /** The one node of that name in the root, or in another folder. */
  async named(name: string, folder = 'root'): Promise<Node> {
    const found = (await this.children(folder)).filter((node) => node.name === name);
    if (found.length !== 1) throw new Error(`${found.length} nodes are called ${name}`);
    return found[0]!;
  }

  async unfinished(): Promise<Upload[]> {
    return (await (await this.#call('/api/uploads')).json()) as Upload[];
  }

  /** Bytes that lasted of all unfinished uploads together, as `HEAD` states them. */
  async keptBytes(): Promise<number> {
    let kept = 0;
    for (const { id } of await this.unfinished()) {
      const answer = await this.#call(`/api/uploads/${id}`, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
      kept += Number(answer.headers.get('upload-offset'));
    }
    return kept;
  }

  async text(id: string): Promise<string> {
    return (await this.#call(`/api/nodes/${id}/content`)).text();
  }

  /** Downloads a node's content and says what came. */
  async contentHash(id: string): Promise<{ size: number; blake3: string }> {
    const answer = await this.#call(`/api/nodes/${id}/content`);
    return hashOf(Readable.fromWeb(answer.body as ReadableStream));
  }

  #creation(name: string, body: Buffer, length: number, parent = 'root'): RequestInit {
    const metadata = Object.entries({ filename: name, parent }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    return {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(length),
        'upload-metadata': metadata.join(','),
        'content-type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(body),
    };
  }

  async #call(path: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(this.#server.url + path, { ...init, headers: { ...this.headers, ...init.headers } });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
