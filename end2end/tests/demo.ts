import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type APIRequestContext, type Page } from '@playwright/test';

/** What the demo server prints when it starts. */
export interface Demo {
  address: string;
  administrator: { email: string; password: string };
  technician: { email: string; password: string };
  agent: { name: string; token: string };
  simulator: string;
}

/** A write as an agent proposes it. */
export interface Write {
  method: 'PATCH' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  summary: string;
  reason?: string;
  ticket?: { id: string; url?: string };
}

/** A proposal as the agent reads it. */
export interface Proposal {
  id: string;
  number: number;
  status: string;
  tier: string;
  decision: { verdict: string; name: string; reason: string | null } | null;
  outcome: { result: string; verified: boolean | null; response?: unknown } | null;
}

/** What every journey starts from: the demo's people, its agent, and a page that reports faults. */
export const test = base.extend<{ faultless: Page; demo: Demo; agent: Agent }>({
  /** A page on which console errors, failed requests and refused content fail the test. */
  faultless: async ({ page, baseURL, javaScriptEnabled }, use) => {
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // Without script nobody takes what was preloaded.
      if (!javaScriptEnabled && message.text().includes('was preloaded')) return;
      faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${baseURL}/`) && !url.startsWith('data:')) faults.push(`left for ${url}`);
    });
    page.on('requestfailed', (request) => {
      // Without script the browser gives up the preload of the module, as it should.
      if (!javaScriptEnabled && request.resourceType() === 'script') return;
      // Leaving a page ends what it still loads.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      faults.push(`failed: ${request.url()}`);
    });
    await use(page);
    expect(faults).toEqual([]);
  },

  demo: async ({}, use) => {
    const file = join(process.env.E2E_DATA ?? '', 'demo.json');
    await use(JSON.parse(readFileSync(file, 'utf8')) as Demo);
  },

  agent: async ({ request, demo }, use) => {
    await use(new Agent(request, demo));
  },
});

export { expect };

/** The agent of the demo, speaking REST. */
export class Agent {
  constructor(
    private readonly request: APIRequestContext,
    private readonly demo: Demo,
  ) {}

  async proposes(write: Write): Promise<Proposal> {
    const response = await this.request.post('/api/v1/proposals', {
      headers: this.headers(),
      data: write,
    });
    expect(response.status(), await response.text()).toBe(201);
    return (await response.json()) as Proposal;
  }

  async reads(proposal: Proposal): Promise<Proposal> {
    const response = await this.request.get(`/api/v1/proposals/${proposal.id}`, {
      headers: this.headers(),
    });
    expect(response.status()).toBe(200);
    return (await response.json()) as Proposal;
  }

  /** Reads until the proposal has this status. */
  async waitsFor(proposal: Proposal, status: string): Promise<Proposal> {
    await expect
      .poll(async () => (await this.reads(proposal)).status, { timeout: 25_000 })
      .toBe(status);
    return this.reads(proposal);
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.demo.agent.token}` };
  }
}

/** Changes a record behind everybody's back, as a colleague in IT Glue would. */
export async function editInItGlue(
  request: APIRequestContext,
  demo: Demo,
  record: string,
  attributes: Record<string, unknown>,
): Promise<void> {
  const response = await request.patch(`${demo.simulator}/_control/records/${record}`, {
    data: attributes,
  });
  expect(response.ok(), await response.text()).toBe(true);
}

/** Where the contacts begin that a file of journeys writes to, counted from the last of the seed: one for each project. */
const contacts = { keyboard: 0, hostile: 2, decide: 4, revert: 6, edit: 8, profiles: 30 };

/** The contact that these journeys have for themselves in this project; others would disturb them. */
export async function contact(
  request: APIRequestContext,
  demo: Demo,
  journeys: keyof typeof contacts,
  project: string,
): Promise<number> {
  const place = contacts[journeys] + (project === 'plain' ? 0 : 1);
  const response = await request.get(`${demo.simulator}/_control/records/contacts`);
  const records = (await response.json()) as { id: number; 'psa-integration'?: string }[];
  const id = records
    // IT Glue refuses to write to what another system keeps.
    .filter((record) => record['psa-integration'] !== 'enabled')
    .map((record) => record.id)
    .sort((one, other) => other - one)[place];
  if (id === undefined) throw new Error('the seed holds too few contacts');
  return id;
}

/** Signs in and stands on the queue. */
export async function signIn(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.goto('/signin');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible();
}

/** Waits until the islands of the page are awake; a key pressed before that does nothing. */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator('[data-hydrated]').last()).toHaveAttribute('data-hydrated', /.*/);
  await expect(page.locator('.keys [data-hydrated]')).toBeAttached();
}

/** Nothing for axe to complain about, in both themes. */
export async function isAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without motion: halfway through a change of themes no color is the one that is meant.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations, `${colorScheme}: ${page.url()}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** The page is no wider than the window, on a phone and at four times the size. */
export async function fitsNarrow(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const excess = await page
      .locator('html')
      .evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(excess, `${width} px: ${page.url()}`).toBeLessThanOrEqual(0);
  }
  if (before) await page.setViewportSize(before);
}

/** A text that no other test uses. */
export function unique(text: string): string {
  return `${text} ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
}
