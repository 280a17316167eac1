import { contact, expect, signIn, test, unique } from './demo';

const payloads = [
  '<script>window.intruder = 1; alert(1)</script>',
  '<img src=x onerror="window.intruder = 1; alert(1)">',
  '<svg onload="alert(1)"><animate onbegin="alert(1)" attributeName="x"/></svg>',
  '"><a href="javascript:alert(1)">click</a>',
  "'-alert(1)-'",
  '</title></textarea></style></script><iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<form action="https://evil.example"><button>Approve</button></form>',
  '{{constructor.constructor("alert(1)")()}}',
  '<base href="https://evil.example/"><link rel=stylesheet href="https://evil.example/x.css">',
  '<details open ontoggle=alert(1)>',
  '<!-- --!><img src=x onerror=alert(1)>',
  '\u202Eevitcerid\u202C\u200B',
];

/** What only the server may put into a page. */
const elements = 'script, img, svg, iframe, form, a, button, link, style, base, details, input';

test('what agents write is text, wherever it stands', async ({ faultless: page, demo, agent, baseURL, request }, info) => {
  const target = await contact(request, demo, 'hostile', info.project.name);
  const text = unique(payloads.join(' '));
  const write = (content: string) =>
    agent.proposes({
      method: 'PATCH',
      path: `/contacts/${target}`,
      body: { data: { type: 'contacts', attributes: { title: content, notes: content } } },
      summary: content.slice(0, 190),
      reason: content,
      ticket: { id: content.slice(0, 60), url: `https://psa.example/${encodeURIComponent(content.slice(0, 80))}` },
    });
  const harmless = await write(unique('A harmless text \u202E\u202C\u200B'));
  const hostile = await write(text);
  await signIn(page, demo.technician);

  for (const place of ['', '/approve', '/reject']) {
    await page.goto(`/p/${harmless.number}${place}`);
    const expected = await page.locator(elements).count();
    await page.goto(`/p/${hostile.number}${place}`);
    await expect(page.getByText('<script>window.intruder').first()).toBeVisible();
    expect(await page.locator(elements).count(), place).toBe(expected);
    expect(await page.locator('a:not([href^="/"]):not([href^="#"])').count()).toBe(0);
    expect(await page.locator('form:not([action^="/web/"])').count()).toBe(0);
    await expect(page.locator('.chip').first()).toHaveText('U+202E');
  }
  await page.goto('/queue');
  await expect(page).toHaveURL(`${baseURL}/queue`);
});
