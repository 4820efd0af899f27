// Stories and how they are told: each has a sentence, runs alone, and fails with what was seen.
import assert from 'node:assert/strict';

const stories = [];
export const story = (sentence, run) => stories.push({ sentence, run });

/** Waits until `read` gives something for which `fits` holds; fails with the last thing seen. */
export async function eventually(what, read, fits, ms = 30_000) {
  const end = Date.now() + ms;
  let seen;
  do {
    seen = await read().catch((error) => error);
    if (!(seen instanceof Error) && fits(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (Date.now() < end);
  assert.fail(`${what}: last seen ${seen instanceof Error ? seen.message : JSON.stringify(seen)}`);
}

/** Tells all stories one after the other; returns how many failed. */
export async function tell(world, only) {
  let [passed, failed] = [0, 0];
  for (const { sentence, run } of stories) {
    if (only && !sentence.includes(only)) continue;
    const begun = Date.now();
    try {
      await run(world);
      passed += 1;
      console.log(`ok    ${sentence} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${sentence}\n      ${String(error?.stack ?? error).replaceAll('\n', '\n      ')}`);
    }
  }
  console.log(`browser: ${passed} passed, ${failed} failed`);
  return failed;
}
