import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/shell/api';
import { fieldOf, refusalKey, refusalOf, wantsLogin } from '../src/shell/refusal';
import { Register } from '../src/shell/lists/register';

/** A list whose answers come when the test wants. */
function slow() {
  const waiting: ((all: string[]) => void)[] = [];
  const register = new Register<string>(() => new Promise((resolve) => waiting.push(resolve)), () => 'token');
  return { register, answer: (turn: number, all: string[]) => waiting[turn]!(all) };
}
const signedIn = (ask: () => Promise<string[]>) => new Register<string>(ask, () => 'token');

describe('a list that operators keep', () => {
  it('is not asked for while nobody is signed in', async () => {
    let asked = 0;
    const register = new Register<string>(async () => (asked++, []), () => null);
    await register.read();
    expect(await register.change('here', async () => void asked++)).toBe(false);
    expect([asked, register.all.value, register.failed.value]).toEqual([0, null, null]);
  });
  it('is read again after a change, with the token', async () => {
    const kept = ['a'];
    const register = signedIn(async () => [...kept]);
    expect(await register.change('here', async (token) => void kept.push(token))).toBe(true);
    expect(register.all.value).toEqual(['a', 'token']);
  });
  it('keeps what was known when a later reading fails, and says why', async () => {
    let broken = false;
    const register = signedIn(async () => {
      if (broken) throw new ApiError(503, 'busy', 'overloaded', 'refusal.overloaded');
      return ['a'];
    });
    await register.read();
    broken = true;
    await register.read();
    expect([register.all.value, register.failed.value]).toEqual([['a'], { status: 503, code: 'overloaded', key: 'refusal.overloaded', reason: 'busy' }]);
    broken = false;
    await register.read();
    expect(register.failed.value).toBe(null);
  });
  it('says why a change was refused, and where, until the next one', async () => {
    const register = signedIn(async () => []);
    const refuse = async () => {
      throw new ApiError(400, 'name: too long', 'limit', 'refusal.limit');
    };
    expect(await register.change('the form', refuse)).toBe(false);
    expect(register.refused.value).toEqual({ where: 'the form', status: 400, code: 'limit', key: 'refusal.limit', reason: 'name: too long' });
    await register.change('the form', async () => undefined);
    expect(register.refused.value).toBe(null);
  });
  it('counts a change as done also when the list cannot be read after it', async () => {
    const register = signedIn(async () => {
      throw new Error('gone');
    });
    expect(await register.change('here', async () => undefined)).toBe(true);
    expect([register.refused.value, register.failed.value?.reason]).toEqual([null, 'gone']);
  });
  it('makes one change at a time', async () => {
    const register = signedIn(async () => []);
    let made = 0;
    const both = [register.change('here', async () => void made++), register.change('here', async () => void made++)];
    expect(await Promise.all(both)).toEqual([true, false]);
    expect(made).toBe(1);
  });
  it('is never set back by an older answer that comes later', async () => {
    const { register, answer } = slow();
    const both = [register.read(), register.read()];
    answer(1, ['new']);
    answer(0, ['old']);
    await Promise.all(both);
    expect(register.all.value).toEqual(['new']);
  });
});

describe('a refusal', () => {
  it('names its field', () => {
    const fields = ['address', 'areas'] as const;
    expect(fieldOf('address: one plain e-mail address expected', fields)).toBe('address');
    expect(fieldOf('addresses: no such field', fields)).toBe(null);
    expect(fieldOf('the server is busy', fields)).toBe(null);
  });
  it('tells a login that ended from an answer that never came', () => {
    expect(wantsLogin(refusalOf(new ApiError(401, 'sign in')))).toBe(true);
    expect(refusalOf(new TypeError('Failed to fetch'))).toEqual({ status: 0, code: '', key: '', reason: 'Failed to fetch' });
  });
  it('is said in every language by its kind', () => {
    expect(refusalKey(refusalOf(new ApiError(409, 'version: 3 was seen', 'conflict', 'refusal.conflict')))).toBe('refusal.conflict');
    expect(refusalKey(refusalOf(new ApiError(502, 'Bad Gateway')))).toBe('refusal.internal');
    expect(refusalKey(refusalOf(new ApiError(400, 'odd', 'odd', 'refusal.of_a_later_server')))).toBe('refusal.internal');
    expect(refusalKey(refusalOf(new TypeError('Failed to fetch')))).toBe('refusal.unreachable');
  });
});
