// Links of shares, made without the pages that the specs of shares are about.

import type { Page } from '@playwright/test';

/** Shares some of the nodes of whoever is signed in on the page, publicly if nothing else is said; answers the link and the share's own page. */
export async function share(page: Page, nodes: string[], form: Record<string, string> = {}): Promise<{ link: string; place: string }> {
  const fields = { nodes: nodes.join(','), code: 'public', own: '', days: 'never', downloads: '', ...form };
  const made = await page.request.post('/form/create-share', { form: fields, headers: { accept: 'application/json' } });
  const { next } = (await made.json()) as { next: string };
  await page.goto(next);
  return { link: (await page.locator('.copy-text').innerText()).match(/https?:\/\/\S+/)![0], place: next };
}
