import { awake, expect, fitsNarrow, isAccessible, signIn, test } from './demo';

test('who is not signed in is sent to sign in, and comes back', async ({ faultless: page, demo }) => {
  await page.goto('/queue?lane=applying');
  await expect(page).toHaveURL(/\/signin\?next=/);
  await page.getByLabel('E-mail').fill(demo.technician.email);
  await page.getByLabel('Password').fill(demo.technician.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/queue\?lane=applying$/);
  await expect(page.locator('[aria-current=page]', { hasText: 'Applying' })).toBeVisible();
});

test('nobody is led to another site after signing in', async ({ page, demo, baseURL }) => {
  await page.goto('/signin?next=//evil.example/');
  await page.getByLabel('E-mail').fill(demo.technician.email);
  await page.getByLabel('Password').fill(demo.technician.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(`${baseURL}/queue`);
});

test('signing out ends the session', async ({ faultless: page, demo, context }) => {
  await signIn(page, demo.technician);
  const [cookie] = (await context.cookies()).filter(({ name }) => name === 'cs_dev');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/signin\?done=signed-out$/);
  if (cookie) await context.addCookies([cookie]);
  await page.goto('/queue');
  await expect(page).toHaveURL(/\/signin/);
});

test('an address that leads nowhere says so', async ({ page }) => {
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a proposal that is not there says so', async ({ page, demo }) => {
  await signIn(page, demo.technician);
  const response = await page.goto('/p/999999');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/nothing at this address/);
});

test('the theme is kept and there from the first byte', async ({ faultless: page, demo }) => {
  await signIn(page, demo.technician);
  await page.locator('.account > summary').click();
  await page.getByLabel('Dark').check();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const html = await (await page.request.get('/queue')).text();
  expect(html).toContain('<html lang="en" data-theme="dark"');
});

test('inline script that the server did not write does not run', async ({ page }, info) => {
  test.skip(info.project.name === 'plain', 'nothing runs there anyway');
  await page.goto('/signin');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    return 'intruder' in window;
  });
  expect(ran).toBe(false);
});

test('sign-in and queue are accessible and fit a phone', async ({ page, demo }, info) => {
  await page.goto('/signin');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await signIn(page, demo.technician);
  await fitsNarrow(page);
  if (info.project.name === 'script') {
    await awake(page);
    await isAccessible(page);
  }
});
