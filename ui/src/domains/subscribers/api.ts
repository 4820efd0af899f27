// The API of subscribers, as api/openapi.yaml types it.
import { read, type Schema, write } from '../../shell/api';

/** As it is answered once, when it is entered: a webhook with its secret. */
export type Entered = Schema<'EnteredSubscriber'>;

export const subscribersApi = {
  all: () => read('/api/v1/subscribers'),
  add: (body: Schema<'NewSubscriber'>, csrf: string) => write('post', '/api/v1/subscribers', csrf, { body }),
  change: async (id: number, body: Schema<'SubscriberChange'>, csrf: string) => {
    await write('patch', '/api/v1/subscribers/{id}', csrf, { path: { id }, body });
  },
  test: async (id: number, csrf: string) => {
    await write('post', '/api/v1/subscribers/{id}/test', csrf, { path: { id } });
  },
  remove: async (id: number, csrf: string) => {
    await write('delete', '/api/v1/subscribers/{id}', csrf, { path: { id } });
  },
};
