// Whom work can be handed to, by login.
import { api } from './data/api';
import { Register } from './lib/register';
import { csrf } from './state';

export const operators = new Register(async () => (await api.operators()).operators.map((o) => o.login), csrf);
