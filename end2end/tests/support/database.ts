// A database of its own for one test.

import pg from 'pg';

import { postgres } from './environment';

let next = 0;

/** Creates an empty database on the test PostgreSQL and answers its URL; `drop` removes it with all its connections. */
export async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `e2e_${process.pid}_${next++}`;
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(postgres());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
