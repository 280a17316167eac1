import { fitsNarrow, isAccessible } from './demo';
import { ALEX, expect, found, givePassword, type Person, test } from './fresh';

const DANA: Person = {
  name: 'Dana Reyes',
  email: 'dana@example.com',
  password: 'nine brown foxes jump',
};

test('a person is invited by link, joins, and is switched off', async ({ faultless: page, fresh, browser, javaScriptEnabled }, info) => {
  test.slow();
  const look = async () => {
    await fitsNarrow(page);
    if (info.project.name === 'script') await isAccessible(page);
  };
  await found(page, fresh, { ...ALEX });
  await page.goto('/users');
  await expect(page.getByText('Only you')).toBeVisible();
  await look();
  await page.getByRole('link', { name: 'Invite a person' }).click();
  await look();
  await page.getByLabel('Name', { exact: true }).fill(DANA.name);
  await page.getByLabel('E-mail').fill('dana@');
  await page.getByLabel('Only these').check();
  await page.locator('form.form').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.locator('#email-error')).toBeVisible();
  await expect(page.locator('#ids-error')).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(DANA.name);
  await expect(page.getByLabel('Only these')).toBeChecked();

  await page.getByLabel('E-mail').fill(DANA.email);
  await page.getByLabel('All clients').check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = (await page.getByLabel('Link', { exact: true }).innerText()).trim();
  await look();
  await page.reload();
  await expect(page.getByText('This link was shown already')).toBeVisible();
  await page.goto('/users');
  await expect(page.getByText('Invitation open')).toBeVisible();

  const theirs = await browser.newPage({ baseURL: fresh.address, javaScriptEnabled });
  await theirs.goto(link);
  await expect(theirs.getByRole('heading', { level: 1, name: 'Welcome, Dana Reyes' })).toBeVisible();
  await fitsNarrow(theirs);
  await theirs.getByLabel('Password').fill('dana reyes 1');
  await theirs.getByRole('button', { name: 'Join' }).click();
  await expect(theirs.locator('#password-error')).toContainText('holds your name');
  await theirs.getByLabel('Password').fill(DANA.password);
  await theirs.getByRole('button', { name: 'Join' }).click();
  await expect(theirs.getByRole('heading', { level: 1, name: 'Queue' })).toBeVisible();
  await expect(theirs.getByRole('link', { name: 'Users' })).toHaveCount(0);
  expect((await theirs.goto('/users'))?.status()).toBe(403);
  expect((await theirs.goto(link))?.status()).toBe(404);
  await expect(theirs.getByRole('heading', { level: 1, name: 'This link has ended' })).toBeVisible();

  await page.goto('/users');
  await page.getByRole('link', { name: DANA.name }).click();
  await look();
  await page.getByRole('link', { name: 'Switch the account off…' }).click();
  await look();
  await page.getByRole('button', { name: 'Switch the account off' }).click();
  await expect(page.getByText('The account is switched off')).toBeVisible();
  await theirs.goto('/queue');
  await expect(theirs).toHaveURL(/\/signin/);
  await givePassword(theirs, DANA);
  await expect(theirs.getByRole('alert')).toContainText('do not fit');
  await theirs.close();
});

test('role and clients are changed, and the last administrator stays', async ({ faultless: page, fresh }) => {
  await found(page, fresh, { ...ALEX });
  await page.goto('/users');
  await page.getByRole('link', { name: ALEX.name }).click();
  await page.getByLabel('Technician').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('last administrator');
  await expect(page.getByLabel('Technician')).toBeChecked();
});

test('a change takes a proof once the last one is old', async ({ page, fresh }) => {
  await found(page, fresh, { ...ALEX });
  await page.locator('.account > summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await givePassword(page, ALEX);
  await page.goto('/users/invite');
  await page.getByLabel('Name', { exact: true }).fill(DANA.name);
  await page.getByLabel('E-mail').fill(DANA.email);
  await page.getByLabel('Your password').fill('not the password of anybody');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await expect(page.locator('#proof-error')).toContainText('not right');
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(DANA.name);
  await expect(async () => {
    await page.getByLabel('Your password').fill(ALEX.password);
    await page.getByRole('button', { name: 'Make the link' }).click();
    await expect(page.getByText('The link is shown this one time')).toBeVisible({ timeout: 2_000 });
  }).toPass();
});
