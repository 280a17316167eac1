import { expect, type APIRequestContext, type Page } from '@playwright/test';
import type { Demo } from './demo';

/** The key of the demo's made-up IT Glue. */
export const DEMO_KEY = 'ITG.simulator.5f1c0de00000000000000000000000d0';

/** Gives the proof of who one is, where the page asks for it. */
export async function proves(page: Page, person: { password: string }): Promise<void> {
  const field = page.getByLabel('Your password');
  if (await field.count()) await field.fill(person.password);
}

/** Adds a connection to the demo's made-up IT Glue and stands on its page. */
export async function addsConnection(page: Page, demo: Demo, name: string): Promise<void> {
  await page.goto('/connections/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByText('Another address than the region’s').click();
  await page.getByLabel('Base URL').fill(demo.simulator);
  await page.getByLabel('API key').fill(DEMO_KEY);
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByText('The connection is added')).toBeVisible();
}

/** Makes an agent over the demo's connection and stands on the form for its first token. */
export async function makesAgent(page: Page, demo: Demo, name: string): Promise<void> {
  await page.goto('/agents/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Profile').selectOption({ label: 'Documentation agents' });
  await page.getByLabel('Connection', { exact: true }).selectOption({ label: 'demo' });
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await expect(page.getByText('The agent is made')).toBeVisible();
}

/** Makes a token on the form for it, and reads it on the page that shows it once. */
export async function makesToken(page: Page, demo: Demo): Promise<string> {
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Make the token' }).click();
  await expect(page.getByText('Store this token now')).toBeVisible();
  const token = (await page.locator('#token').innerText()).trim();
  expect(token).toMatch(/^cs_agent_/);
  expect(page.url()).not.toContain(token);
  return token;
}

/** The status with which a request of an agent is answered. */
export async function asks(request: APIRequestContext, token: string): Promise<number> {
  const response = await request.get('/api/v1/permissions', {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status();
}
