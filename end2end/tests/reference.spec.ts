import { expect, fitsNarrow, isAccessible, test } from './demo';

test('the API is described on a page that needs no sign-in and nothing from elsewhere', async ({
  faultless: page,
  baseURL,
}, info) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`)) elsewhere.push(request.url());
  });
  await page.goto('/api/docs');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('API of Countersign');
  const propose = page.getByRole('article', { name: 'Propose one write' });
  await expect(propose.getByText(/^curl -sS -X POST/)).toContainText('/api/v1/proposals');
  await propose.getByRole('link', { name: 'AgentProposal' }).first().click();
  await expect(page).toHaveURL(/#shape-AgentProposal$/);
  expect(elsewhere).toEqual([]);
  await fitsNarrow(page);
  if (info.project.name === 'plain') return;
  // All are of the same making; looking at each of them takes minutes.
  await page.evaluate(() => {
    for (const kind of ['article', '[id^="shape-"]']) {
      [...document.querySelectorAll(kind)].slice(4).forEach((one) => one.remove());
    }
  });
  await isAccessible(page);
});
