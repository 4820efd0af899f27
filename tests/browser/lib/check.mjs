// Stories and how they are told: each has a sentence, runs alone, and fails with what was seen.
import assert from 'node:assert/strict';
import { lastSeen } from './browser.mjs';
import { kPatience } from './patience.mjs';

const stories = [];
export const story = (sentence, run) => stories.push({ sentence, run });

/** Waits until `read` gives something for which `fits` holds; fails with the last thing seen. What a page shows after an act is
 *  always waited for: it is drawn when the machine comes to it. */
export async function eventually(what, read, fits, ms = kPatience) {
  const end = Date.now() + ms;
  let seen;
  do {
    seen = await read().catch((error) => error);
    if (!(seen instanceof Error) && fits(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  assert.fail(`${what}: last seen ${seen instanceof Error ? seen.message : JSON.stringify(seen)}`);
}

/** Tells all stories one after the other, or those whose sentence the pattern `only` fits many times; returns how many failed. */
export async function tell(world, only, times = 1) {
  let [passed, failed] = [0, 0];
  const chosen = stories.filter(({ sentence }) => !only || new RegExp(only).test(sentence));
  assert.ok(chosen.length > 0, `no story fits ${only}`);
  for (const { sentence, run } of Array(times).fill(chosen).flat()) {
    const begun = Date.now();
    try {
      await run(world);
      passed += 1;
      console.log(`ok    ${sentence} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      const pages = await lastSeen(world.browser, `failed-${process.pid}-${failed}`);
      console.log(`FAIL  ${sentence}\n      ${`${error?.stack ?? error}\n${pages}`.replaceAll('\n', '\n      ')}`);
    }
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  return failed;
}
