import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/shell/api';
import { fieldOf, refusalKey, refusalOf, wantsLogin, withField, withoutField } from '../src/shell/refusal';
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
    expect([register.refused.value?.status, register.refused.value?.where]).toEqual([401, 'here']);
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
    expect([register.all.value, register.failed.value]).toEqual([['a'], { status: 503, code: 'overloaded', key: 'refusal.overloaded', args: {}, field: '', reason: 'busy' }]);
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
    expect(register.refused.value).toEqual({ where: 'the form', status: 400, code: 'limit', key: 'refusal.limit', args: {}, field: '', reason: 'name: too long' });
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
    const named = (field: string, reason: string) => fieldOf({ field, reason }, fields);
    expect(named('address', 'address: one plain e-mail address expected')).toBe('address');
    expect(named('', 'address: a text expected')).toBe('address');
    expect(named('', 'addresses: no such field')).toBe(null);
    expect(named('name', 'name: missing')).toBe(null);
    expect(named('', 'the server is busy')).toBe(null);
  });
  it('has the name of its field before a text of any field', () => {
    const field = 'limit';
    expect(withField({ field }, 'refusal.too_many', '최대 9개까지만 됩니다')).toBe('limit: 최대 9개까지만 됩니다');
    expect(withField({ field }, 'refusal.time.unread', '시각으로 읽을 수 없습니다')).toBe('limit: 시각으로 읽을 수 없습니다');
    expect(withField({ field }, 'refusal.silence.over', '끝나는 시각이 이미 지났습니다')).toBe('끝나는 시각이 이미 지났습니다');
    expect(withField({ field: '' }, 'refusal.too_many', '최대 9개까지만 됩니다')).toBe('최대 9개까지만 됩니다');
    expect(withoutField({ field, reason: 'limit: 9 at most' })).toBe('9 at most');
    expect(withoutField({ field: '', reason: 'limit: 9 at most' })).toBe('limit: 9 at most');
  });
  it('tells a login that ended from an answer that never came', () => {
    expect(wantsLogin(refusalOf(new ApiError(401, 'sign in')))).toBe(true);
    expect(wantsLogin(refusalOf(new ApiError(403, 'the form came without a token', 'forbidden', 'refusal.access.token')))).toBe(true);
    expect(refusalOf(new TypeError('Failed to fetch'))).toEqual({ status: 0, code: '', key: '', args: {}, field: '', reason: 'Failed to fetch' });
  });
  it('does not tell somebody who has signed in and may not do this that the login is over', () => {
    expect(wantsLogin(refusalOf(new ApiError(403, 'you may not', 'forbidden', 'access.denied', { permission: 'x' })))).toBe(false);
    expect(wantsLogin(refusalOf(new ApiError(403, 'address: localhost is not public', 'forbidden', 'refusal.subscriber.url_private')))).toBe(false);
  });
  const said = (error: unknown, ...known: string[]) => refusalKey(refusalOf(error), (key) => known.includes(key));
  it('is said in every language by a text of its own', () => {
    const over = new ApiError(400, 'to: lies in the past', 'invalid', 'refusal.silence.over', {}, 'to');
    expect(said(over, 'refusal.silence.over')).toEqual({ key: 'refusal.silence.over', whole: true });
  });
  it('is said by its kind where there is no other text', () => {
    expect(said(new ApiError(400, 'odd', 'invalid', 'refusal.of_a_later_server'))).toEqual({ key: 'refusal.invalid', whole: false });
    expect(said(new ApiError(409, 'version: 3 was seen', 'conflict', 'refusal.conflict'), 'refusal.conflict')).toEqual({ key: 'refusal.conflict', whole: false });
    expect(said(new ApiError(502, 'Bad Gateway'))).toEqual({ key: 'refusal.internal', whole: false });
    expect(said(new ApiError(400, 'odd', 'odd', 'refusal.of_a_later_server'))).toEqual({ key: 'refusal.internal', whole: false });
    expect(said(new TypeError('Failed to fetch'))).toEqual({ key: 'refusal.unreachable', whole: true });
  });
});
