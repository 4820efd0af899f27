// The API of subscribers (docs/situations_api.md), typed.
import { read, write } from '../../shell/api';
import type { Subscriber } from './rules';

/** As it is answered once, when it is entered: a webhook with its secret. */
export type Entered = Subscriber & { secret?: string };

export const subscribersApi = {
  all: () => read<{ subscribers: Subscriber[] }>('subscribers'),
  add: async (body: object, csrf: string) => (await (await write('POST', 'subscribers', csrf, body)).json()) as Entered,
  change: async (id: number, body: object, csrf: string) => {
    await write('PATCH', `subscribers/${id}`, csrf, body);
  },
  test: async (id: number, csrf: string) => {
    await write('POST', `subscribers/${id}/test`, csrf);
  },
  remove: async (id: number, csrf: string) => {
    await write('DELETE', `subscribers/${id}`, csrf);
  },
};
