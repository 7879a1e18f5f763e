// Signing in, registering, setting up: the pages before the drive.

import { expect, type Locator, type Page } from '@playwright/test';

import type { Account } from '../test';
import { awake } from './awake';

export class Entrance {
  readonly page: Page;
  readonly alert: Locator;

  constructor(page: Page) {
    this.page = page;
    this.alert = page.getByRole('alert');
  }

  /** `base` is for reaching the server by another way than the test's own. */
  async signIn(login: string, password: string, base = ''): Promise<void> {
    await this.page.goto(`${base}/login`);
    await awake(this.page);
    await this.page.getByLabel('User name or email').fill(login);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async register(account: Account): Promise<void> {
    await this.page.goto('/register');
    await awake(this.page);
    await this.fill(account);
    await this.page.getByRole('button', { name: 'Register' }).click();
  }

  /** The fields that registering and setting up have in common. */
  async fill(account: Account): Promise<void> {
    await this.page.getByLabel('User name').fill(account.username);
    await this.page.getByLabel('Email').fill(account.email);
    await this.page.getByLabel('Password', { exact: true }).fill(account.password);
    await this.page.getByLabel('Confirm password').fill(account.password);
  }
}

/** Signs in and waits for the drive. */
export async function enter(page: Page, account: Account, base = ''): Promise<void> {
  await new Entrance(page).signIn(account.username, account.password, base);
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
  await awake(page);
}
