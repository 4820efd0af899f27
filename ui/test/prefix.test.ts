import { describe, expect, it } from 'vitest';
import { ofServer, prefixOf } from '../src/shell/prefix';

describe('prefix', () => {
  it('is what stands before the control room', () => {
    expect(prefixOf('/control')).toBe('');
    expect(prefixOf('/control/')).toBe('');
    expect(prefixOf('/madang/control')).toBe('/madang');
    expect(prefixOf('/open/madang/control/x')).toBe('/open/madang');
    expect(prefixOf('/controls')).toBe('');
    expect(prefixOf('/')).toBe('');
  });
  it('changes nothing where there is none', () => {
    expect(ofServer('/api/v1/me')).toBe('/api/v1/me');
  });
});
