// A drive with very many files, written into the database: uploading them would take longer than the test.

import { query } from './database';
import type { Server } from './server';

/** Name of file number `n`, from 1; in the order of names they are in the order of numbers. */
export const numbered = (n: number): string => `file ${String(n).padStart(5, '0')}.txt`;

/** Puts `count` files into the root of the account. There are no bytes behind them. The server must run on PostgreSQL. */
export async function fillRoot(server: Server, username: string, count: number): Promise<void> {
  if (!server.database) throw new Error('the server is not on PostgreSQL');
  const blob = 'a'.repeat(26);
  await query(server.database, 'INSERT INTO blobs (id, size, blake3, refs, created_at) VALUES ($1, 1, $2, $3, 0)', [blob, '0'.repeat(64), count]);
  // An id is 26 characters of base32; digits above 7 are none of them.
  await query(
    server.database,
    `INSERT INTO nodes (id, owner_id, parent_id, kind, name, name_key, sort_key, blob_id, size, mime, modified_at, created_at)
     SELECT rpad(translate(to_char(n, 'FM00000'), '0123456789', 'bcdefghijk'), 26, 'a'), u.id, u.root_id, 1, f.name, f.name, f.name, $1, 1,
            'text/plain', 1700000000000 + n, 0
       FROM generate_series(1, $2::int) n
      CROSS JOIN LATERAL (SELECT 'file ' || to_char(n, 'FM00000') || '.txt' AS name) f
      CROSS JOIN users u WHERE u.username = $3`,
    [blob, count, username],
  );
}
