import { awake, expect, fitsNarrow, isAccessible, signIn, test, unique } from './demo';
import { addsConnection, DEMO_KEY, proves } from './upkeep';

test('the connections say how they do', async ({ faultless: page, demo }, info) => {
  await signIn(page, demo.administrator);
  await page.goto('/connections');
  const entry = page.locator('.entry', { has: page.getByRole('link', { name: 'demo', exact: true }) });
  await expect(entry).toContainText('United States');
  await expect(entry).toContainText('00d0');
  await expect(entry.locator('meter')).toHaveCount(1);
  await expect(page.getByText('after 90 days')).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await entry.getByRole('link', { name: 'demo', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'demo' })).toBeVisible();
  await expect(page.getByText('It cannot be removed now')).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
});

test('a technician is told that this is for administrators', async ({ page, demo }) => {
  await signIn(page, demo.technician);
  for (const path of ['/connections', '/connections/new', '/agents', '/settings']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(403);
    await expect(page.getByRole('heading', { level: 1 })).toContainText('administrators');
  }
});

test('a key is tried out before anything is saved, and never comes back', async ({
  faultless: page,
  demo,
}, info) => {
  const wrong = 'ITG.0123456789-not-a-key-of-anybody';
  const name = unique('second');
  await signIn(page, demo.administrator);
  await page.goto('/connections/new');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByText('Another address than the region’s').click();
  await page.getByLabel('Base URL').fill(demo.simulator);
  await page.getByLabel('API key').fill(wrong);
  await page.getByRole('button', { name: 'Test only' }).click();

  await expect(page.getByText('IT Glue refuses the key').first()).toBeVisible();
  await expect(page.getByText('The key was not kept.')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
  await expect(page.getByLabel('API key')).toHaveValue('');
  await expect(page.getByText('Give the key again')).toBeVisible();
  expect(await page.content()).not.toContain(wrong);
  expect(page.url()).not.toContain('ITG');

  await page.getByLabel('API key').fill(wrong);
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.locator('#api_key-error')).toContainText('Nothing was saved');
  await expect(page.getByLabel('API key')).toHaveAttribute('aria-invalid', 'true');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.getByLabel('API key').fill(DEMO_KEY);
  await page.getByRole('button', { name: 'Test only' }).click();
  await expect(page.getByText(/^The key works/)).toBeVisible();
  await page.getByLabel('API key').fill(DEMO_KEY);
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByText('The connection is added')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(await page.content()).not.toContain(DEMO_KEY);
});

test('a connection is tested, paused, resumed, given a new key and removed', async ({
  faultless: page,
  demo,
}) => {
  test.slow();
  const name = unique('spare');
  await signIn(page, demo.administrator);
  await addsConnection(page, demo, name);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await expect(page.getByText(/^The key works/)).toBeVisible();

  await page.getByLabel('Reason').fill('Odd writes <b>today</b>');
  await page.getByRole('button', { name: 'Pause the connection' }).click();
  await expect(page.getByText('The connection is paused')).toBeVisible();
  await expect(page.getByText('Odd writes <b>today</b>')).toBeVisible();
  await expect(page.getByText('Paused by')).toBeVisible();
  await page.getByRole('button', { name: 'Resume the connection' }).click();
  await expect(page.getByText('The connection sends again')).toBeVisible();

  await page.getByRole('link', { name: 'Rotate the key…' }).click();
  await page.getByLabel('API key').fill('ITG.0123456789-not-a-key-of-anybody');
  await page.getByRole('button', { name: 'Test and use the new key' }).click();
  await expect(page.locator('#api_key-error')).toBeVisible();
  await page.getByLabel('API key').fill(DEMO_KEY);
  await page.getByRole('button', { name: 'Test and use the new key' }).click();
  await expect(page.getByText('The new key is in use')).toBeVisible();

  await page.getByRole('link', { name: 'Remove the connection…' }).click();
  await page.getByRole('button', { name: 'Remove the connection' }).click();
  await expect(page.getByText('The connection is removed')).toBeVisible();
  await expect(page.getByRole('link', { name, exact: true })).toHaveCount(0);
});

test('a pause takes a reason', async ({ page, demo }) => {
  await signIn(page, demo.administrator);
  await page.goto('/connections/demo');
  await page.locator('#reason').evaluate((field) => field.removeAttribute('required'));
  await page.getByRole('button', { name: 'Pause the connection' }).click();
  await expect(page.locator('#reason-error')).toBeVisible();
});

test('a connection is added by keyboard alone', async ({ faultless: page, demo }, info) => {
  test.skip(info.project.name === 'plain', 'once is enough');
  await signIn(page, demo.administrator);
  await page.goto('/connections');
  await awake(page);
  await page.getByRole('link', { name: 'Add a connection' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Add a connection' })).toBeVisible();
  const name = unique('typed');
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('United States')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('European Union')).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.type(DEMO_KEY);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type(demo.simulator);
  await page.keyboard.press('Tab');
  await page.keyboard.type(demo.administrator.password);
  await page.keyboard.press('Enter');
  await expect(page.getByText('The connection is added')).toBeVisible();
  await expect(page.getByText('European Union').first()).toBeVisible();
});
