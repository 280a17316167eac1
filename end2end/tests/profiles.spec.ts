import type { Browser, Page } from '@playwright/test';
import { awake, contact, expect, fitsNarrow, isAccessible, signIn, test, unique, type Demo } from './demo';

/** A fresh profile, with its editor open. */
async function newProfile(page: Page, demo: Demo, preset: string): Promise<string> {
  const name = unique(preset);
  await page.goto('/profiles/new');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('radio', { name: preset }).check();
  await prove(page, demo);
  await page.getByRole('button', { name: 'Add the profile' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return name;
}

/** Gives the password again, where it is asked for. */
async function prove(page: Page, demo: Demo): Promise<void> {
  const proof = page.getByLabel('Your password');
  if (await proof.isVisible()) await proof.fill(demo.administrator.password);
}

function group(page: Page, name: string) {
  return page.getByRole('group', { name, exact: true });
}

test('more freedom is weighed, explained and proved before it is saved', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  const documents = group(page, 'Documents');
  await documents.getByLabel('Ask before writes').uncheck();
  await documents.getByLabel('Allow deletes').check();
  await group(page, 'Contacts').getByLabel('Read Only').check();
  await page.getByRole('button', { name: 'Save …' }).click();

  await expect(page).toHaveURL(/\/save\?/);
  const changes = page.getByRole('table', { name: 'What changes' });
  await expect(changes.getByRole('row')).toHaveCount(4);
  await expect(changes).toContainText('Documents: Allow deletes');
  await page.getByLabel('Reason').fill('The drafts folder is the agent’s own.');
  await page.getByLabel(/Type .Documents/).fill('Contacts');
  await prove(page, demo);
  await page.getByRole('button', { name: 'Save and give more freedom' }).click();

  await expect(page.getByRole('alert')).toContainText('Type “Documents”');
  await expect(page.getByLabel('Reason')).toHaveValue('The drafts folder is the agent’s own.');
  await page.getByLabel(/Type .Documents/).fill('documents');
  await prove(page, demo);
  await page.getByRole('button', { name: 'Save and give more freedom' }).click();

  await expect(page.getByText('The profile is saved')).toBeVisible();
  await expect(documents.getByLabel('Ask before writes')).not.toBeChecked();
  await expect(documents.getByLabel('Allow deletes')).toBeChecked();
  await expect(page.getByText('Nothing is changed so far.')).toBeVisible();
});

test('less freedom is saved at once', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  await group(page, 'Passwords').getByLabel('Disabled').check();
  await page.getByRole('button', { name: 'Save …' }).click();
  await expect(page.getByText('The profile is saved')).toBeVisible();
  await expect(group(page, 'Passwords').getByLabel('Disabled')).toBeChecked();
});

test('a draft is asked about before it is saved, and nothing of it is lost', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  await group(page, 'Contacts').getByLabel('Ask before writes').uncheck();
  await page.getByLabel('Group', { exact: true }).selectOption('Contacts');
  await page.getByLabel('Action').selectOption('Update');
  await page.getByRole('button', { name: 'Check', exact: true }).click();

  const answer = page.getByRole('region', { name: 'What if' });
  await expect(answer).toContainText('Saved: Asks');
  await expect(answer).toContainText('Draft: Allowed');
  await expect(answer).toContainText('contacts.ask');
  await expect(page.getByText('1 change, not saved, and it gives more freedom.')).toBeVisible();
  await expect(page.getByText('was on: more freedom')).toBeVisible();

  await page.getByText('A certain record, client or call').click();
  await page.getByLabel('Path').fill('/flexible-assets/5');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await expect(answer).toContainText('/flexible_assets/5');
  await expect(page.getByLabel('Path')).toHaveValue('/flexible-assets/5');
  await expect(group(page, 'Contacts').getByLabel('Ask before writes')).not.toBeChecked();

  await page.getByRole('link', { name: 'Full access' }).click();
  await expect(page.getByText('As in Full access.')).toBeVisible();
  await page.getByRole('link', { name: 'Discard' }).click();
  await expect(page.getByText('Nothing is changed so far.')).toBeVisible();
});

test('a draft is tried on what its agents proposed', async ({ faultless: page, demo, agent, request }, info) => {
  await agent.proposes({
    method: 'PATCH',
    path: `/contacts/${await contact(request, demo, 'profiles', info.project.name)}`,
    body: { data: { type: 'contacts', attributes: { title: unique('Planner') } } },
    summary: 'A title',
  });
  await signIn(page, demo.administrator);
  await page.goto('/profiles');
  await page.getByRole('link', { name: 'Documentation agents' }).click();
  await group(page, 'Contacts').getByLabel('Ask before writes').uncheck();
  await page.getByRole('button', { name: /Try on the last/ }).click();
  const history = page.getByRole('region', { name: 'On history' });
  await expect(history).toContainText(/[1-9]\d* would pass without a technician, 0 do as it is saved/);
  await expect(history.getByRole('link', { name: /^#\d+$/ }).first()).toBeVisible();
});

/** Another administrator's browser. */
async function colleague(browser: Browser, demo: Demo, javaScriptEnabled?: boolean): Promise<Page> {
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  await signIn(page, demo.administrator);
  return page;
}

test('of two administrators the second sees both and decides', async ({ faultless: page, demo, browser, javaScriptEnabled }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  const address = new URL(page.url()).pathname;
  const other = await colleague(browser, demo, javaScriptEnabled);
  await other.goto(address);
  await group(page, 'Documents').getByLabel('Disabled').check();
  await group(other, 'Contacts').getByLabel('Disabled').check();
  await other.getByRole('button', { name: 'Save …' }).click();
  await expect(other.getByText('The profile is saved')).toBeVisible();

  await page.getByRole('button', { name: 'Save …' }).click();
  await expect(page.getByText('This profile was changed while you worked on it')).toBeVisible();
  await expect(page.getByRole('row', { name: /Contacts: Access/ })).toContainText('Disabled');
  await expect(page.getByRole('button', { name: 'Save …' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Go on with mine, over theirs' }).click();
  await expect(group(page, 'Documents').getByLabel('Disabled')).toBeChecked();
  // Over theirs, mine gives contacts back: that is more freedom.
  await page.getByRole('button', { name: 'Save …' }).click();
  await page.getByLabel('Reason').fill('Contacts are still needed.');
  await prove(page, demo);
  await page.getByRole('button', { name: 'Save and give more freedom' }).click();
  await expect(page.getByText('The profile is saved')).toBeVisible();
  await other.context().close();
});

test('a refused name stands in its field, and a profile nobody uses can go', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Read only');
  await page.getByLabel('Name').fill('Documentation agents');
  await group(page, 'Contacts').getByLabel('Disabled').check();
  await page.getByRole('button', { name: 'Save …' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Name')).toHaveValue('Documentation agents');
  await expect(group(page, 'Contacts').getByLabel('Disabled')).toBeChecked();

  await page.getByRole('link', { name: 'Remove this profile' }).click();
  await prove(page, demo);
  await page.getByRole('button', { name: 'Remove the profile' }).click();
  await expect(page.getByText('The profile is removed')).toBeVisible();
});

test('a profile in use stays', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await page.goto('/profiles');
  await page.getByRole('link', { name: 'Documentation agents' }).click();
  await expect(page.getByRole('link', { name: 'Remove this profile' })).toHaveCount(0);
});

test('technicians are told whose pages these are', async ({ page, demo }) => {
  await signIn(page, demo.technician);
  await expect(page.getByRole('link', { name: 'Profiles' })).toHaveCount(0);
  const response = await page.goto('/profiles');
  expect(response?.status()).toBe(403);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/administrators/);
});

test('the matrix goes by keyboard alone, locked cells included', async ({ faultless: page, demo }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  const contacts = group(page, 'Contacts');
  await contacts.getByLabel('Read/Write').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(contacts.getByLabel('Read Only')).toBeChecked();
  await page.keyboard.press('Tab');
  await expect(contacts.getByLabel('Ask before writes')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(contacts.getByLabel('Allow deletes')).toBeChecked();
  await group(page, 'Passwords').getByLabel('Read Only').focus();
  await page.keyboard.press('Tab');
  const lock = group(page, 'Passwords').getByRole('checkbox', { name: /locked/ });
  await expect(lock).toBeFocused();
  await page.keyboard.press('Space');
  await expect(lock).toHaveAttribute('aria-checked', 'true');
  await page.getByRole('button', { name: 'Save …' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('The profile is saved')).toBeVisible();
});

/** Narrow without script as with it; axe has something to say where the page is awake. */
async function isFit(page: Page, project: string): Promise<void> {
  await fitsNarrow(page);
  if (project !== 'script') return;
  await awake(page);
  await isAccessible(page);
}

test('list and new profile are accessible and fit a phone', async ({ page, demo }, { project }) => {
  await signIn(page, demo.administrator);
  await page.goto('/profiles');
  await isFit(page, project.name);
  await page.goto('/profiles/new');
  await isFit(page, project.name);
});

test('the editor is accessible and fits a phone', async ({ page, demo }, { project }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  await group(page, 'Organizations').getByLabel('Read/Write').check();
  await group(page, 'Organizations').getByLabel('Allow deletes').check();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await isFit(page, project.name);
});

test('the confirmation is accessible and fits a phone', async ({ page, demo }, { project }) => {
  await signIn(page, demo.administrator);
  await newProfile(page, demo, 'Documentation');
  await group(page, 'Contacts').getByLabel('Allow deletes').check();
  await page.getByRole('button', { name: 'Save …' }).click();
  await isFit(page, project.name);
});
