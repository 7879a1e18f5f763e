// Whether the wasm has taken over the page.

import { expect, test, type Page } from '@playwright/test';

/**
 * Waits until script runs the page, in projects that have script, if it is a page that script runs. Without it a spec would press buttons before and after
 * that moment as chance has it, and sometimes test the plain form where it means the script.
 */
export async function awake(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled === false) return;
  if ((await page.locator('script[type=module]').count()) === 0) return;
  await expect(page.locator('html')).toHaveAttribute('data-awake', { timeout: 30_000 });
}
