import { test as base, expect, type Page } from '@playwright/test';

/** What every journey starts from: the demo's people, and a page that reports what went wrong. */
export const test = base.extend<{ faultless: Page }>({
  /** A page on which console errors, failed requests and refused content fail the test. */
  faultless: async ({ page, baseURL, javaScriptEnabled }, use) => {
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${baseURL}/`) && !url.startsWith('data:')) faults.push(`left for ${url}`);
    });
    page.on('requestfailed', (request) => {
      // Without script the browser gives up the preload of the module, as it should.
      if (!javaScriptEnabled && request.resourceType() === 'script') return;
      faults.push(`failed: ${request.url()}`);
    });
    await use(page);
    expect(faults).toEqual([]);
  },
});

export { expect };

/** Waits until the islands of the page are awake; a click before that does nothing. */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator('[data-hydrated]').first()).toBeAttached();
}
