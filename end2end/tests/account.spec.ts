import { fitsNarrow, isAccessible } from './demo';
import { ALEX, code, enrol, expect, found, givePassword, test } from './fresh';

test('a second factor is set up, asked for, and stood in for by a recovery code', async ({ faultless: page, fresh }, info) => {
  test.slow();
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await page.goto('/account');
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.getByRole('link', { name: 'Set up a second factor' }).click();
  const codes = await enrol(page, alex);
  await expect(page).toHaveURL(/\/account$/);

  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await givePassword(page, alex);
  await expect(page.getByRole('heading', { level: 1, name: 'Your code' })).toBeVisible();
  await fitsNarrow(page);
  if (info.project.name === 'script') await isAccessible(page);
  await page.goto('/queue');
  await expect(page).toHaveURL(/\/signin\/code/);

  await page.getByLabel('Code', { exact: true }).fill('000 000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.locator('#code-error')).toContainText('does not fit');
  // A wrong code makes the next one wait.
  await expect(async () => {
    await page.getByLabel('Code', { exact: true }).fill(codes[0] ?? '');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible({ timeout: 2_000 });
  }).toPass();
});

test('codes of the app are taken with spaces, once', async ({ page, fresh }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await page.goto('/account/factor');
  await enrol(page, alex);
  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await givePassword(page, alex);
  // The code of this step was used to set it up; the next one is taken early.
  const next = code(alex.seed ?? '', 1);
  await page.getByLabel('Code', { exact: true }).fill(`${next.slice(0, 3)} ${next.slice(3)}`);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible();
});

test('the recovery codes are shown one time', async ({ page, fresh }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  await page.goto('/account/factor');
  const seed = (await page.getByLabel('Seed', { exact: true }).innerText()).replaceAll(' ', '');
  await page.getByLabel('The code that the app shows now').fill(code(seed));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByLabel('Codes', { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText('These codes were shown already')).toBeVisible();
});

test('the password is changed, and every other session ends', async ({ faultless: page, fresh, browser }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  const other = await browser.newPage({ baseURL: fresh.address });
  await givePassword(other, alex);
  await expect(other.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible();

  await page.goto('/account');
  await page.getByLabel('Present password').fill('not the present one at all');
  await page.getByLabel('New password').fill('seven tall herons stand');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.locator('#current-error')).toContainText('not your password');
  expect(page.url()).not.toContain('heron');

  await expect(async () => {
    await page.getByLabel('Present password').fill(alex.password);
    await page.getByLabel('New password').fill('seven tall herons stand');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await expect(page.getByText('The password was changed')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await other.goto('/queue');
  await expect(other).toHaveURL(/\/signin/);
  await other.close();
});

test('another browser is signed out from here', async ({ page, fresh, browser }) => {
  const alex = { ...ALEX };
  await found(page, fresh, alex);
  const other = await browser.newPage({ baseURL: fresh.address });
  await givePassword(other, alex);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out Chrome' }).click();
  await expect(page.getByText('Signed out there')).toBeVisible();
  await other.goto('/queue');
  await expect(other).toHaveURL(/\/signin/);
  await other.close();
});

test('wrong passwords make one wait, and the wait is told', async ({ page, fresh }) => {
  await found(page, fresh, { ...ALEX });
  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  const wrong = { ...ALEX, password: 'not the password of anybody' };
  await givePassword(page, wrong);
  await expect(page.getByRole('alert')).toContainText('do not fit');
  await expect(page.getByLabel('E-mail')).toHaveValue(ALEX.email);
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await givePassword(page, wrong);
    if ((await page.getByRole('alert').innerText()).includes('second')) break;
  }
  await expect(page.getByRole('alert')).toContainText(/Try again in \d+ second/);
});

// On a server of its own: the account has to wait afterwards.
test('a wrong password says no more than that', async ({ faultless: page, fresh }) => {
  await found(page, fresh, { ...ALEX });
  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  const said: string[] = [];
  for (const email of ['nobody@example.com', ALEX.email]) {
    await givePassword(page, { ...ALEX, email, password: 'not the password of anybody' });
    said.push(await page.getByRole('alert').innerText());
    expect(page.url()).not.toContain('password+of');
  }
  expect(said[0]).toBe(said[1]);
});
