// The control room's page, opened and read by every story that looks at it.
import { open } from './browser.mjs';

export const text = (page, id) => page.getByTestId(id).innerText();
export const control = async (world, query = '', options = {}) => {
  const page = await open(world.browser, `${world.server.address}/control${query}`, options);
  await page.locator('.panel h2').first().waitFor();
  return page;
};
export const mapIsThere = (page) => page.locator('.area-label').first().waitFor({ state: 'attached' });
