// A database of its own for one test.

import pg from 'pg';

import { postgres } from './environment';

let next = 0;

/** A database that one test has to itself; `drop` removes it with all its connections. */
export interface FreshDatabase {
  url: string;
  drop: () => Promise<void>;
}

/** Creates an empty database on the test PostgreSQL. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `e2e_${process.pid}_${next++}`;
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(postgres());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Makes the database at `url` anew, empty. */
export async function recreate(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await run(`DROP DATABASE ${name} WITH (FORCE)`);
  await run(`CREATE DATABASE ${name}`);
}

const run = (statement: string): Promise<void> => query(postgres(), statement);

/** Runs one statement on the database at `url`. */
export async function query(url: string, statement: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement, values);
  } finally {
    await client.end();
  }
}
