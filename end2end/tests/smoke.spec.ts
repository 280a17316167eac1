import AxeBuilder from '@axe-core/playwright';
import { awake, expect, test } from './demo';

test('the start page comes up without a fault', async ({ faultless: page }) => {
  const response = await page.goto('/');
  expect(response?.status()).toBe(200);
  await expect(page).toHaveTitle(/Countersign/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('times are told without script, and become relative with it', async ({ faultless: page }, info) => {
  await page.goto('/');
  const time = page.locator('time').first();
  await expect(time).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT/);
  if (info.project.name === 'plain') {
    await expect(time).toHaveText(/UTC$/);
  } else {
    await awake(page);
    await expect(time).toHaveText(/ago$|^just now$|^in /);
    await expect(time).toHaveAttribute('title', /UTC$/);
  }
});

test('inline script that the server did not write does not run', async ({ page }, info) => {
  test.skip(info.project.name === 'plain', 'nothing runs there anyway');
  await page.goto('/');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    return 'intruder' in window;
  });
  expect(ran).toBe(false);
});

test('an address that leads nowhere says so', async ({ page }) => {
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} theme`, async ({ page }, info) => {
    test.skip(info.project.name === 'plain', 'axe is a script');
    await page.emulateMedia({ colorScheme });
    await page.goto('/');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  });
}
