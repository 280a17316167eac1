import { expect, fitsNarrow, isAccessible, signIn, test } from './demo';
import { proves } from './upkeep';

// One after the other: they change the same values.
test.describe.configure({ mode: 'default' });

test('the settings say what holds and why', async ({ faultless: page, demo }, info) => {
  await signIn(page, demo.administrator);
  await page.goto('/settings');
  const hold = page.locator('.settings__one', { hasText: 'Hold before writing' });
  await expect(hold).toContainText('3');
  await expect(hold).toContainText('COUNTERSIGN_HOLD_SECONDS');
  await expect(page.getByText('No second factor is asked for').first()).toBeVisible();
  await expect(page.getByText('countersign backup')).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByRole('link', { name: 'Licenses' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Licenses' })).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
});

test('what the operator fixed is no field', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await page.goto('/settings/approvals');
  await expect(page.locator('#hold_seconds')).toHaveCount(0);
  await expect(page.locator('#proposal_ttl')).toBeVisible();
});

test('a refused value is explained and the rest of the form is kept', async ({
  faultless: page,
  demo,
}, info) => {
  // What is set already is no change, and both projects share a server.
  const minutes = info.project.name === 'plain' ? '58' : '59';
  await signIn(page, demo.administrator);
  await page.goto('/settings/sessions');
  await page.locator('#session_idle_minutes').fill('600');
  await page.locator('#session_hours').fill('11');
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('#session_idle_minutes-error')).toContainText('from 5 to 60');
  await expect(page.locator('#session_idle_minutes')).toHaveValue('600');
  await expect(page.locator('#session_hours')).toHaveValue('11');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);

  await page.locator('#session_idle_minutes').fill(minutes);
  await proves(page, demo.administrator);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The settings are saved')).toBeVisible();
  const idle = page.locator('.settings__one', { hasText: 'minutes without use' });
  await expect(idle).toContainText(minutes);
  await expect(idle).toContainText('set by');
  await expect(idle).toContainText('the default is 60');
});

test('a section that is none is not there', async ({ page, demo }) => {
  await signIn(page, demo.administrator);
  const response = await page.goto('/settings/no-such-part');
  expect(response?.status()).toBe(404);
});
